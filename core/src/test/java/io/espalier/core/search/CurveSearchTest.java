package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveSearchTest {
  private static SearchSpace space() {
    return new Mlp(16)
        .linear("a", 64)
        .linear("b", 64)
        .linear("c", 48)
        .linear("d", 10)
        .space(Rules.everything());
  }

  /** Errors that fall as (1 - k/n)^2 times a factor. */
  private static WidthErrors errors(double a, double b, double c) {
    Map<String, double[]> curves = new HashMap<>();
    curves.put("a.out_features", curve(64, a));
    curves.put("b.out_features", curve(64, b));
    curves.put("c.out_features", curve(48, c));
    return WidthErrors.of(curves);
  }

  private static double[] curve(int units, double factor) {
    double[] curve = new double[units + 1];
    for (int i = 0; i <= units; i++) {
      curve[i] = factor * Math.pow(1 - (double) i / units, 2);
    }
    return curve;
  }

  private static int width(BudgetResult result, String name) {
    return Objects.requireNonNull(result.config().choices().get(name + ".out_features"), name)
        .number();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.95, 0.75, 0.5, 0.25, 0.1})
  void budgetsAreMetAndNeverExceeded(double fraction) {
    SearchSpace space = space();
    for (double power : new double[] {1, 0.5}) {
      for (Cost cost : new Cost[] {Cost.MACS, Cost.PARAMS}) {
        Budget budget = Budget.of(cost, fraction);
        BudgetResult result = CurveSearch.find(space, budget, errors(1, 3, 0.2), power);
        double part =
            cost == Cost.MACS
                ? (double) result.macs() / result.originalMacs()
                : (double) result.params() / result.originalParams();
        assertTrue(part <= fraction, () -> cost + " " + part + " of " + fraction);
        assertTrue(part >= 0.9 * fraction, () -> cost + " " + part + " of " + fraction);
        assertEquals(space.macs(result.config()), result.macs());
        assertEquals(space.params(result.config()), result.params());
      }
    }
  }

  @Test
  void whatIsMissedMostStaysWidest() {
    SearchSpace space = space();
    Budget half = Budget.of(Cost.MACS, 0.4);
    BudgetResult first = CurveSearch.find(space, half, errors(100, 1, 1), 1);
    BudgetResult second = CurveSearch.find(space, half, errors(1, 100, 1), 1);
    assertTrue(width(first, "a") > width(second, "a"), () -> first + " and " + second);
    assertTrue(width(first, "b") < width(second, "b"), () -> first + " and " + second);
  }

  @Test
  void aWidthWhoseUnitsAreNotMissedGoesFirst() {
    BudgetResult result = CurveSearch.find(space(), Budget.of(Cost.MACS, 0.6), errors(1, 0, 1), 1);
    assertTrue(width(result, "b") < 32, () -> "b " + width(result, "b"));
    assertTrue(width(result, "a") > 32, () -> "a " + width(result, "a"));
  }

  @Test
  void allOfTheBudgetLeavesAllAsItIs() {
    SearchSpace space = space();
    BudgetResult result = CurveSearch.find(space, Budget.of(Cost.MACS, 1), errors(1, 1, 1), 1);
    assertEquals(result.originalMacs(), result.macs());
  }

  @Test
  void theSpaceStaysAsItWasAndTheResultIsTheSameAgain() {
    SearchSpace space = space();
    Config before = space.config();
    Budget budget = Budget.of(Cost.MACS, 0.3);
    BudgetResult once = CurveSearch.find(space, budget, errors(1, 2, 3), 1);
    assertEquals(before, space.config());
    assertEquals(once, CurveSearch.find(space, budget, errors(1, 2, 3), 1));
  }

  @Test
  void floorsHoldAndABudgetBelowThemIsRefused() {
    SearchSpace space = space();
    Budget budget = Budget.of(Cost.MACS, 0.45).withFloor(0.6);
    BudgetResult result = CurveSearch.find(space, budget, errors(1, 1, 1), 1);
    assertTrue(width(result, "a") >= 0.6 * 64);
    Budget none = Budget.of(Cost.MACS, 0.01).withFloor(0.6);
    assertThrows(EspalierException.class, () -> CurveSearch.find(space, none, errors(1, 1, 1), 1));
  }
}
