package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UnitExchangeTest {
  private static SearchSpace space() {
    SearchSpace space =
        new Mlp(4).linear("a", 8).linear("b", 8).linear("c", 3).space(Rules.everything());
    space.hparam("a.out_features").setActive(Choice.of(2));
    space.hparam("b.out_features").setActive(Choice.of(5));
    return space;
  }

  /** How far the units that are kept are from the last ones. */
  private static double error(SearchSpace space) {
    return missed(space, "a.out_features") + missed(space, "b.out_features");
  }

  private static int missed(SearchSpace space, String width) {
    return Arrays.stream(space.hparam(width).activeIndices()).map(unit -> 7 - unit).sum();
  }

  @Test
  void betterUnitsTakeThePlaceOfOthers() {
    SearchSpace space = space();
    double before = error(space);
    double after = UnitExchange.improve(space, before, 1_000, UnitExchangeTest::error);
    assertEquals(error(space), after);
    assertTrue(after < before / 2, () -> after + " of " + before);
    assertEquals(2, space.hparam("a.out_features").activeIndices().length);
  }

  @Test
  void nothingChangesWhereNothingIsBetter() {
    SearchSpace space = space();
    int[] order = space.hparam("a.out_features").order();
    assertEquals(1, UnitExchange.improve(space, 1, 1_000, any -> 1));
    assertArrayEquals(order, space.hparam("a.out_features").order());
  }

  @Test
  void noMoreIsTriedThanIsAllowed() {
    int[] tried = new int[1];
    UnitExchange.improve(space(), 1, 7, any -> 1 + tried[0]++);
    assertEquals(7, tried[0]);
  }

  @Test
  void aWholeNetworkIsLeftAlone() {
    SearchSpace space = space();
    space.namedHparams(true, true).values().forEach(h -> h.setActive(h.original()));
    UnitExchange.improve(
        space,
        1,
        7,
        any -> {
          throw new AssertionError("there is nothing to exchange");
        });
  }
}
