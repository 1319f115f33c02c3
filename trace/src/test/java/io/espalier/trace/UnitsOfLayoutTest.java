package io.espalier.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which unit of a width each index along an axis belongs to. */
class UnitsOfLayoutTest {
  private final Layout.Symbol two = new Layout.Symbol(0, 2, false, 1, null, false);
  private final Layout.Symbol three = new Layout.Symbol(1, 3, false, 1, null, false);

  private static int[] units(Layout axis, Layout.Symbol symbol) {
    return Layout.unitOf(axis, symbol).orElseThrow();
  }

  @Test
  void segmentsAndFactorsOfOthersAreNoUnits() {
    Layout both = new Layout.Concat(List.of(two, three));
    assertArrayEquals(new int[] {0, 1, -1, -1, -1}, units(both, two));
    assertArrayEquals(new int[] {-1, -1, 0, 1, 2}, units(both, three));
    Layout heads = Layout.product(List.of(two, three));
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, units(heads, two));
    assertArrayEquals(new int[] {0, 1, 2, 0, 1, 2}, units(heads, three));
    assertArrayEquals(new int[] {-1, -1}, units(two, three));
  }

  @Test
  void aFlattenedConcatenationKeepsItsSegmentsApart() {
    Layout.Symbol places = new Layout.Symbol(2, 2, false, 1, null, false);
    Layout flat = Layout.product(List.of(new Layout.Concat(List.of(two, three)), places));
    assertArrayEquals(new int[] {0, 0, 1, 1, -1, -1, -1, -1, -1, -1}, units(flat, two));
    assertArrayEquals(new int[] {-1, -1, -1, -1, 0, 0, 1, 1, 2, 2}, units(flat, three));
  }

  @Test
  void anIndexOfTwoUnitsIsOfNone() {
    assertEquals(Optional.empty(), Layout.unitOf(Layout.product(List.of(two, two)), two));
  }
}
