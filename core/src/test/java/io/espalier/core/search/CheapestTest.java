package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class CheapestTest {
  @Test
  void theSmallestWhereMoreCostsMore() {
    assertArrayEquals(
        new int[] {0, 0}, Cheapest.of(new int[] {5, 4}, setting -> setting[0] + 2 * setting[1]));
  }

  @Test
  void aLargerOneThatCostsLess() {
    assertArrayEquals(
        new int[] {2, 3},
        Cheapest.of(
            new int[] {5, 4},
            setting -> Math.abs(setting[0] - 2) + (setting[1] == 3 ? 0 : 1 + setting[1])));
  }

  @Test
  void nothingToTurn() {
    assertArrayEquals(new int[0], Cheapest.of(new int[0], setting -> 7));
  }
}
