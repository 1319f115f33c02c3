package io.espalier.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import org.junit.jupiter.api.Test;

/** What a saved space must be to be read; what it fits is tested where there are networks. */
class SavedSpaceTest {
  private static String json(String choices, String orders) {
    return "{\"format\":\"espalier-space\",\"version\":1,\"fingerprint\":\"f\",\"rules\":null,"
        + "\"active\":{},\"choices\":"
        + choices
        + ",\"orders\":"
        + orders
        + "}";
  }

  private static String refusal(String choices, String orders) {
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () -> SavedSpace.parse(json(choices, orders), "space file s.json"));
    return String.valueOf(refused.getMessage());
  }

  @Test
  void ordersAreWholeNumbers() {
    SavedSpace space = SavedSpace.parse(json("{}", "{\"a\":[1,0]}"), "space file s.json");
    assertEquals(1, space.orders().size());
    assertTrue(refusal("{}", "{\"a\":[1.5,0]}").contains("1.5 should be a whole number"));
    assertTrue(refusal("{}", "{\"a\":[\"1\",0]}").contains("should be a whole number"));
    assertTrue(refusal("{}", "{\"a\":1}").contains("should be a list"));
    assertTrue(refusal("{}", "[[0]]").contains("\"orders\" should be an object"));
  }

  @Test
  void choicesAreListsOfThem() {
    assertTrue(refusal("{\"a\":3}", "{}").contains("\"a\" should be a list"));
    assertTrue(refusal("{\"a\":[2.5]}", "{}").contains("must be a whole number"));
    assertTrue(refusal("7", "{}").contains("\"choices\" should be an object"));
  }
}
