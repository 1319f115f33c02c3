package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SaturatedTest {
  @Test
  void whatNoLongHoldsIsTheLargest() {
    assertEquals(Long.MAX_VALUE, Saturated.plus(Long.MAX_VALUE, 1));
    assertEquals(Long.MAX_VALUE, Saturated.times(1L << 32, 1L << 31));
    assertEquals(1L << 62, Saturated.times(1L << 31, 1L << 31));
    assertEquals(0, Saturated.times(0, Long.MAX_VALUE));
  }

  @Test
  void whatIsTakenOffIsNotMuch() {
    assertEquals(7, Saturated.plus(8, -1));
    assertEquals(Long.MAX_VALUE - 1, Saturated.plus(Long.MAX_VALUE, -1));
  }
}
