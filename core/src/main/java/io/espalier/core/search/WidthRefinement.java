package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Improves widths that meet a budget. Errors of single cuts do not simply add up, so curves that
 * were scaled where the network was whole are scaled anew where it is now: each width is made a
 * little smaller, and what that adds to the error says how steep its curve is here. Then widths are
 * chosen again, none far from where it was; nearer still if that gained nothing.
 */
public final class WidthRefinement {
  private static final double SMALLER = 0.8;
  private static final double FARTHEST = 0.3;
  private static final double NEAREST = 0.05;

  /** After a gain of less than this part of the error, the next widths are chosen nearer. */
  private static final double LEAST_GAIN = 0.01;

  private static final double LEAST = 1e-6;
  private static final double NEVER = 1e9;

  private final SearchSpace space;
  private final Budget budget;
  private final WidthErrors curves;
  private final ToDoubleFunction<SearchSpace> measure;
  private final List<WidthUnits> widths;
  private int left;
  private Refined best;

  /**
   * Widths, and the error there.
   *
   * @param widths what was chosen
   * @param error what was measured
   */
  public record Refined(BudgetResult widths, double error) {}

  private WidthRefinement(
      SearchSpace space,
      Budget budget,
      WidthErrors curves,
      Refined start,
      int most,
      ToDoubleFunction<SearchSpace> measure) {
    this.space = space;
    this.budget = budget;
    this.curves = curves;
    this.best = start;
    this.left = most;
    this.measure = measure;
    this.widths = WidthUnits.of(space);
  }

  /**
   * Refines widths.
   *
   * @param curves how the error of each width grows, but for a factor
   * @param start widths that meet the budget, and the error there
   * @param most how often may be measured at most
   * @param measure the error with the config that is active
   * @return the best that was measured, the start if nothing was better
   */
  public static Refined run(
      SearchSpace space,
      Budget budget,
      WidthErrors curves,
      Refined start,
      int most,
      ToDoubleFunction<SearchSpace> measure) {
    return new WidthRefinement(space, budget, curves, start, most, measure).run();
  }

  private Refined run() {
    double trust = FARTHEST;
    Map<String, Double> slopes = Map.of();
    while (trust >= NEAREST) {
      if (slopes.isEmpty()) {
        if (left <= widths.size()) {
          break;
        }
        slopes = slopes();
      }
      BudgetResult next = chosen(slopes, trust);
      if (next.config().equals(best.widths.config()) || left <= 0) {
        trust /= 2;
        continue;
      }
      double before = best.error;
      space.select(next.config());
      double error = measured();
      if (error < before) {
        best = new Refined(next, error);
        slopes = Map.of();
      }
      if (error > before * (1 - LEAST_GAIN)) {
        trust /= 2;
      }
    }
    return best;
  }

  private double measured() {
    left--;
    return measure.applyAsDouble(space);
  }

  /** What the error of each curve has to be multiplied by. */
  private Map<String, Double> slopes() {
    Map<String, Double> slopes = new HashMap<>();
    for (WidthUnits width : widths) {
      space.select(best.widths.config());
      slope(width).ifPresent(slope -> slopes.put(width.hparam().name(), slope));
    }
    return slopes;
  }

  private OptionalDouble slope(WidthUnits width) {
    Hparam hparam = width.hparam();
    Choice now = hparam.active();
    Choice smaller = null;
    for (Choice choice : hparam.choices()) {
      if (choice.number() < now.number()
          && (smaller == null || distance(choice, now) < distance(smaller, now))) {
        smaller = choice;
      }
    }
    if (smaller == null) {
      return OptionalDouble.empty();
    }
    double predicted =
        curves.of(hparam.name(), width.at(smaller.number()))
            - curves.of(hparam.name(), width.at(now.number()));
    hparam.setActive(smaller);
    double added = measured() - best.error;
    return OptionalDouble.of(Math.max(added, LEAST) / Math.max(predicted, LEAST));
  }

  private static double distance(Choice choice, Choice now) {
    return Math.abs(choice.number() - SMALLER * now.number());
  }

  /** The widths that the scaled curves give, none far from where it is. */
  private BudgetResult chosen(Map<String, Double> slopes, double trust) {
    space.select(best.widths.config());
    Map<String, double[]> errors = new HashMap<>();
    for (WidthUnits width : widths) {
      String name = width.hparam().name();
      int now = width.at(width.hparam().active().number());
      double slack = Math.max(trust * now, (double) budget.divisor() / width.elements());
      double slope = slopes.getOrDefault(name, 1.0);
      double[] own = new double[width.at(width.hparam().original().number()) + 1];
      for (int units = 0; units < own.length; units++) {
        double error = slope * curves.of(name, units);
        boolean far = units > now + slack;
        own[units] = units < now - slack ? NEVER + now - units : far ? own[units - 1] : error;
      }
      errors.put(name, own);
    }
    return CurveSearch.find(space, budget, WidthErrors.of(errors), 1, best.widths.config());
  }
}
