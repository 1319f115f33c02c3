package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final Manifest CUT =
      new Manifest(
          List.of(
              new Manifest.CutParameter(
                  "/c", "c", 1, "w", List.of(4L, 3L), Map.of(0, List.of(0, 2)), false)),
          List.of(new Manifest.Skipped("a", "b")),
          List.of(new Manifest.CutNormalised("/n", "n", 0, 1, List.of(1))));

  @Test
  void otherValuesAreListedWhereThereAreAny() {
    Manifest.Compensated entry = new Manifest.Compensated("w", "c", 1, "0f".repeat(32));
    Manifest changed = CUT.withCompensated(List.of(entry));
    assertEquals(List.of(entry), changed.compensated());
    assertEquals(changed, Manifest.parse(changed.toJson(), "text"));
    assertEquals(CUT, Manifest.parse(CUT.toJson(), "text"));
    assertFalse(CUT.toJson().contains("compensated"));
  }

  @Test
  void fewerBitsAreListedWhereThereAreAny() {
    Manifest.Quantised entry = new Manifest.Quantised("w", "c", 1, "0f".repeat(32));
    Manifest changed = CUT.withQuantised(List.of(entry)).withCompensated(List.of());
    assertEquals(List.of(entry), changed.quantised());
    assertEquals(changed, Manifest.parse(changed.toJson(), "text"));
    assertFalse(CUT.toJson().contains("quantised"));
    assertTrue(
        refusal("{\"parameters\":[],\"quantised\":[{\"initializer\":\"w\"}]}").contains("output"));
  }

  @Test
  void anEntryWithoutAHashIsRefused() {
    String json =
        "{\"parameters\":[],\"compensated\":[{\"initializer\":\"w\",\"output\":\"c\",\"input\":1}]}";
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Manifest.parse(json, "manifest m.json"));
    assertTrue(String.valueOf(refused.getMessage()).contains("sha256"), refused::getMessage);
  }

  private static void assertNoNumber(String input, String shape, String keep) {
    String json =
        "{\"parameters\":[{\"node\":\"n\",\"output\":\"o\",\"initializer\":\"w\",\"input\":"
            + input
            + ",\"shape\":["
            + shape
            + "],\"keep\":{\"0\":["
            + keep
            + "]}}]}";
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Manifest.parse(json, "manifest m.json"));
    assertTrue(String.valueOf(refused.getMessage()).contains("whole number"), refused::getMessage);
  }

  /** Read as integers they would be others, and another part of the network would be checked. */
  @Test
  void numbersThatAreNoIndicesAreRefused() {
    assertNoNumber("1.5", "4", "0");
    assertNoNumber("\"1\"", "4", "0");
    assertNoNumber("4294967297", "4", "0");
    assertNoNumber("1", "4.5", "0");
    assertNoNumber("1", "9223372036854775808", "0");
    assertNoNumber("1", "4", "0.5");
    assertNoNumber("1", "4", "2147483648");
  }

  private static String refusal(String json) {
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Manifest.parse(json, "manifest m.json"));
    return String.valueOf(refused.getMessage());
  }

  /** Skipped over, they would leave less to check, and what is left would pass. */
  @Test
  void whatIsNoListIsRefused() {
    assertTrue(refusal("{\"parameters\":{}}").contains("\"parameters\" should be a list"));
    String skipped = refusal("{\"parameters\":[],\"skipped\":7}");
    assertTrue(skipped.contains("\"skipped\" should be a list, not 7"), skipped);
    String entry =
        "{\"parameters\":[{\"node\":\"n\",\"output\":\"o\",\"initializer\":\"w\",\"input\":1,"
            + "\"shape\":[4],\"keep\":%s,\"mask\":%s}]}";
    assertTrue(refusal(entry.formatted("[]", "true")).contains("\"keep\" should be an object"));
    assertTrue(refusal(entry.formatted("{\"0\":3}", "true")).contains("3 should be a list"));
    assertTrue(refusal(entry.formatted("{}", "\"no\"")).contains("\"mask\" should be true or"));
  }
}
