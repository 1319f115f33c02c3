package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.rules.Rules;
import io.espalier.spi.EspalierException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several limits at once. */
class LimitsTest {
  private final SearchSpace space =
      new Mlp(16)
          .linear("a", 128)
          .linear("b", 96)
          .linear("c", 48)
          .linear("d", 10)
          .space(Rules.everything());

  private static Limit part(Cost cost, double part) {
    return Limit.part(cost.handler(), part);
  }

  private long cost(BudgetResult result, Cost cost) {
    CostHandler handler = CostHandlers.builtIn().get(cost.handler().key());
    Dials dials = space.dials(List.of(handler));
    return dials.cost(dials.setting(result.config()), 0);
  }

  private void assertMeets(Budget budget, BudgetResult result) {
    Meter meter = new Meter(space, budget);
    assertEquals(List.of(), meter.exceeded(meter.dials().setting(result.config())));
  }

  @Test
  void allOfThemAreMet() {
    Budget three =
        Budget.of(
            List.of(
                part(Cost.MACS, 0.6),
                Limit.absolute(Cost.BYTES.handler(), 30_000),
                part(Cost.ACTIVATIONS, 0.7)));
    assertMeets(three, BudgetSearch.find(space, three));
    assertMeets(three, CurveSearch.find(space, three, alike(), 1));
  }

  @Test
  void theTightestIsComeCloseTo() {
    Budget two =
        Budget.of(List.of(part(Cost.MACS, 0.9), Limit.absolute(Cost.PARAMS.handler(), 7000)));
    BudgetResult result = BudgetSearch.find(space, two);
    assertMeets(two, result);
    assertTrue(result.params() > 0.9 * 7000, () -> result.toString());
  }

  @Test
  void whatIsLimitedBesideParametersAndOperationsIsListed() {
    Budget budget = Budget.of(List.of(part(Cost.ACTIVATIONS, 0.5)));
    BudgetResult result = BudgetSearch.find(space, budget);
    assertEquals(1, result.others().size());
    assertEquals(cost(result, Cost.ACTIVATIONS), result.others().get(0).after());
  }

  @Test
  void whatCannotBeMetIsSaidWithTheClosestAndWhatBinds() {
    Budget both =
        Budget.of(List.of(part(Cost.MACS, 0.9), Limit.absolute(Cost.BYTES.handler(), 1000)))
            .withFloor(0.5)
            .withDivisor(1);
    EspalierException thrown =
        assertThrows(EspalierException.class, () -> BudgetSearch.find(space, both));
    String said = String.valueOf(thrown.getMessage());
    assertTrue(said.startsWith("a budget of 0.9 of the MACs and 1,000 bytes cannot be met"), said);
    assertTrue(said.contains("the smallest this space allows is 0."), said);
    assertTrue(said.contains("of the MACs and "), said);
    assertTrue(said.contains("; what cannot be met is 1,000 bytes"), said);
    assertTrue(said.contains("what stops it is the floor of 0.5, without which"), said);
  }

  @Test
  void oneCostIsLimitedOnce() {
    List<Limit> twice = List.of(part(Cost.MACS, 0.9), part(Cost.MACS, 0.5));
    assertThrows(EspalierException.class, () -> Budget.of(twice));
    assertThrows(EspalierException.class, () -> Budget.of(List.of()));
    assertThrows(EspalierException.class, () -> Limit.absolute(Cost.MACS.handler(), 0));
    assertThrows(EspalierException.class, () -> Limit.absolute(Cost.MACS.handler(), Double.NaN));
  }

  private static WidthErrors alike() {
    Map<String, double[]> curves = new HashMap<>();
    for (Map.Entry<String, Integer> width : Map.of("a", 128, "b", 96, "c", 48).entrySet()) {
      double[] curve = new double[width.getValue() + 1];
      for (int i = 0; i < curve.length; i++) {
        curve[i] = Math.pow(1 - i / (curve.length - 1.0), 2);
      }
      curves.put(width.getKey() + ".out_features", curve);
    }
    return WidthErrors.of(curves);
  }
}
