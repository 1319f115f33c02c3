package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.spi.EspalierException;
import java.util.PriorityQueue;

/**
 * Chooses widths by global importance: one threshold over the units of all widths, found by
 * bisection, then single steps that keep the most importance for their cost, until the budget is
 * met closely. Kernels and depths stay what they were unless widths alone cannot meet the budget.
 *
 * <p>The same space and budget give the same config. The space is left as it was. Sort its
 * parameters before the config is exported: a width is taken to keep its most important units.
 */
public final class BudgetSearch {
  /** A result that uses less of the budget than this is not taken before exchanges were tried. */
  private static final double CLOSE = 0.9;

  private static final int REACH = 4;
  private static final double LEAST_PRICE = 1e-9;

  private final Widths widths;
  private final Costs original;
  private final double allowed;

  /** How many steps a width may grow at once: more than one where some are dearer than the next. */
  private final int reach;

  private BudgetSearch(Widths widths) {
    this.widths = widths;
    this.original = widths.costs(widths.original());
    this.allowed = widths.meter().allowed();
    this.reach = widths.meter().grows() ? 1 : REACH;
  }

  /**
   * Finds a sub-network that meets a budget and comes close to it.
   *
   * @throws EspalierException if none does, nothing can be cut, or nothing is counted; the message
   *     says how small a budget can be, what stands in the way, and what helps
   */
  public static BudgetResult find(SearchSpace space, Budget budget) {
    Widths widths = new Widths(space, budget);
    int uncounted = widths.meter().uncounted();
    if (uncounted >= 0) {
      throw nothingCounted(space, budget.limits().get(uncounted));
    }
    if (widths.areWhole() && widths.others().isEmpty()) {
      throw Refusal.whole(space, budget, widths.all(widths.original()));
    }
    return new BudgetSearch(OtherDials.fit(space, budget, widths)).find();
  }

  private BudgetResult find() {
    int[] setting = byThreshold();
    fill(setting, -1);
    if (!isClose(cost(setting))) {
      setting = exchange(setting);
    }
    return widths.result(setting);
  }

  private double cost(int[] setting) {
    return widths.costs(setting).measure();
  }

  private boolean isClose(double cost) {
    return cost >= CLOSE * allowed;
  }

  /** Takes units away, what is worth least first, as few as meet the budget. */
  private int[] byThreshold() {
    int[] losers = widths.losers();
    int fewest = 0;
    int most = losers.length;
    while (fewest < most) {
      int middle = (fewest + most) >>> 1;
      if (cost(without(losers, middle)) <= allowed) {
        most = middle;
      } else {
        fewest = middle + 1;
      }
    }
    int[] setting = without(losers, most);
    return cost(setting) <= allowed ? setting : widths.least();
  }

  private int[] without(int[] losers, int count) {
    int[] gone = new int[widths.size()];
    for (int i = 0; i < count; i++) {
      gone[losers[i]]++;
    }
    return widths.without(gone);
  }

  private static EspalierException nothingCounted(SearchSpace space, Limit limit) {
    String text =
        "a budget of "
            + limit
            + " cannot be met: "
            + space.model().description()
            + " has none that are counted";
    return new EspalierException(text + Obstacles.in(space, "budget something else"));
  }

  /**
   * Widens one width at a time by one step, the one that is worth most for its price first, until
   * no step fits.
   *
   * @param setting changed in place
   * @param except a width that stays; -1 for none
   */
  private void fill(int[] setting, int except) {
    Costs costs = widths.costs(setting);
    PriorityQueue<Step> steps = new PriorityQueue<>();
    for (int width = 0; width < setting.length; width++) {
      if (width != except) {
        offer(steps, setting, costs, width);
      }
    }
    while (!steps.isEmpty()) {
      // A step hardly ever costs less as other widths grow. So what does not fit now never will,
      // and what is still best after a fresh look is best of all.
      Step step = step(setting, costs, steps.remove().width());
      if (!fits(costs, step)) {
        continue;
      }
      Step next = steps.peek();
      if (next != null && next.compareTo(step) < 0) {
        steps.add(step);
        continue;
      }
      setting[step.width()] += step.steps();
      costs = widths.costs(setting);
      offer(steps, setting, costs, step.width());
    }
  }

  private void offer(PriorityQueue<Step> steps, int[] setting, Costs costs, int width) {
    if (setting[width] < widths.get(width).size() - 1) {
      steps.add(step(setting, costs, width));
    }
  }

  private boolean fits(Costs costs, Step step) {
    return costs.measure() + step.costs().measure() <= allowed;
  }

  /** The step of a width that is worth most for its price, of those that fit if any does. */
  private Step step(int[] setting, Costs costs, int width) {
    Step best = step(setting, costs, width, 1);
    int most = Math.min(reach, widths.get(width).size() - 1 - setting[width]);
    for (int steps = 2; steps <= most; steps++) {
      Step step = step(setting, costs, width, steps);
      boolean fits = fits(costs, step);
      if (fits == fits(costs, best) ? step.compareTo(best) < 0 : fits) {
        best = step;
      }
    }
    return best;
  }

  private Step step(int[] setting, Costs costs, int width, int steps) {
    int[] wider = setting.clone();
    wider[width] += steps;
    Costs added = widths.costs(wider).minus(costs);
    double worth =
        widths.get(width).worthAt(wider[width]) - widths.get(width).worthAt(setting[width]);
    double share = added.measure() / original.measure();
    double price = reach == 1 ? added.shareOf(original) : Math.max(LEAST_PRICE, share);
    return new Step(width, steps, added, worth, price);
  }

  /**
   * A width that may grow.
   *
   * @param steps by how many steps
   * @param costs what the step adds
   * @param worth what it is worth
   * @param price what it adds as a share of the whole, in parameters and in MACs: what the budget
   *     does not count is not free either. Where more may cost less, in what the budget counts
   */
  private record Step(int width, int steps, Costs costs, double worth, double price)
      implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      int order = Double.compare(other.worth * price, worth * other.price);
      return order != 0 ? order : Integer.compare(width, other.width);
    }
  }

  /**
   * Narrows one width and fills up with the others, as long as that comes closer to the budget:
   * where steps are large, no single one may fit.
   */
  private int[] exchange(int[] start) {
    int[] best = start;
    boolean better = true;
    while (better && !isClose(cost(best))) {
      better = false;
      int[] from = best;
      for (int width = 0; width < from.length; width++) {
        for (int position = from[width] - 1; position >= 0; position--) {
          int[] candidate = from.clone();
          candidate[width] = position;
          fill(candidate, width);
          if (isBetter(candidate, best)) {
            best = candidate;
            better = true;
          }
        }
      }
    }
    return best;
  }

  /** Among those that are close the one that is worth more, else the one that costs more. */
  private boolean isBetter(int[] candidate, int[] best) {
    double cost = cost(candidate);
    double other = cost(best);
    return isClose(Math.min(cost, other))
        ? widths.worth(candidate) > widths.worth(best)
        : cost > other;
  }
}
