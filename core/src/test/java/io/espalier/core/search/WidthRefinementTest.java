package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WidthRefinementTest {
  private static final Budget HALF = Budget.of(Cost.MACS, 0.5).withDivisor(1);

  private final SearchSpace space =
      new Mlp(16)
          .linear("a", 64)
          .linear("b", 64)
          .linear("c", 48)
          .linear("d", 10)
          .space(Rules.everything());
  private int measured;

  private static double gone(SearchSpace space, String name, double whole) {
    Hparam width = space.configurableHparams().get(name + ".out_features");
    return 1 - Objects.requireNonNull(width, name).active().number() / whole;
  }

  /** What curves do not know: b matters ten times as much as the others. */
  private double truth(SearchSpace turned) {
    measured++;
    return Math.pow(gone(turned, "a", 64), 2)
        + 10 * Math.pow(gone(turned, "b", 64), 2)
        + Math.pow(gone(turned, "c", 48), 2);
  }

  private static WidthErrors alike() {
    Map<String, double[]> curves = new HashMap<>();
    for (Map.Entry<String, Integer> width : Map.of("a", 64, "b", 64, "c", 48).entrySet()) {
      double[] curve = new double[width.getValue() + 1];
      for (int i = 0; i < curve.length; i++) {
        curve[i] = Math.pow(1 - i / (curve.length - 1.0), 2);
      }
      curves.put(width.getKey() + ".out_features", curve);
    }
    return WidthErrors.of(curves);
  }

  private WidthRefinement.Refined start() {
    BudgetResult widths = CurveSearch.find(space, HALF, alike(), 1);
    space.select(widths.config());
    WidthRefinement.Refined start = new WidthRefinement.Refined(widths, truth(space));
    measured = 0;
    return start;
  }

  @Test
  void whatIsMissedMoreThanCurvesSayGrowsWiderWithinTheBudget() {
    WidthRefinement.Refined start = start();
    WidthRefinement.Refined refined =
        WidthRefinement.run(space, HALF, alike(), start, 60, this::truth);
    assertTrue(refined.error() < 0.7 * start.error(), () -> start + " to " + refined);
    assertTrue(width(refined, "b") > width(start, "b"), () -> start + " to " + refined);
    assertTrue(refined.widths().macs() <= 0.5 * refined.widths().originalMacs());
    space.select(refined.widths().config());
    assertEquals(refined.error(), truth(space));
  }

  private static int width(WidthRefinement.Refined refined, String name) {
    return Objects.requireNonNull(
            refined.widths().config().choices().get(name + ".out_features"), name)
        .number();
  }

  @Test
  void widthsStayWhereNothingNearIsBetter() {
    WidthRefinement.Refined start = start();
    WidthRefinement.Refined refined =
        WidthRefinement.run(
            space, HALF, alike(), new WidthRefinement.Refined(start.widths(), 0), 60, this::truth);
    assertSame(start.widths(), refined.widths());
    assertEquals(0, refined.error());
  }

  @Test
  void nothingIsMeasuredMoreOftenThanAllowed() {
    WidthRefinement.Refined start = start();
    WidthRefinement.run(space, HALF, alike(), start, 9, this::truth);
    assertTrue(measured <= 9, () -> measured + " measurements");
    measured = 0;
    WidthRefinement.Refined refined =
        WidthRefinement.run(space, HALF, alike(), start, 3, this::truth);
    assertSame(start, refined);
    assertEquals(0, measured);
  }
}
