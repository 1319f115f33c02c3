package io.espalier.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The records of the vocabulary. */
class ValuesTest {
  @Test
  void theStandardDomainHasTwoNames() {
    assertEquals(OpId.of("Conv"), OpId.of("ai.onnx", "Conv"));
    assertEquals("Conv", OpId.of("ai.onnx", "Conv").toString());
    assertEquals("com.acme:Conv", OpId.of("com.acme", "Conv").toString());
    assertTrue(OpId.of("Zero").compareTo(OpId.of("com.acme", "Add")) < 0);
    assertThrows(IllegalArgumentException.class, () -> OpId.of("com.acme", ""));
  }

  @Test
  void integersFillTheirShape() {
    assertEquals(0, new Ints(List.of(0, 3), List.of()).size());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Ints(List.of(2, 3), List.<Element>of()));
    assertEquals("a tensor of shape [2, 3] has 6 elements, not 0", e.getMessage());
  }
}
