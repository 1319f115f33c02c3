package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Rankings;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Chooses widths by the error that remains: those that meet a budget at the least sum of errors,
 * each raised to a power and scaled. Every width in turn takes what is best for a price of the
 * budget, until none changes; the price is found by bisection, and what is left is filled up.
 */
public final class CurveSearch {
  private static final int ROUNDS = 12;
  private static final int BISECTIONS = 40;

  private final Widths widths;
  private final double allowed;
  private final double whole;
  private final double[][] errors;

  /** Whether what does not fit now will not fit any further on. */
  private final boolean grows;

  private CurveSearch(Widths widths, double[][] errors) {
    this.widths = widths;
    this.errors = errors;
    this.whole = widths.costs(widths.original()).measure();
    this.allowed = widths.meter().allowed();
    this.grows = widths.meter().grows();
  }

  /** Orders the units of every width that has a curve. */
  public static void order(SearchSpace space, Rankings rankings) {
    for (WidthUnits width : WidthUnits.of(space)) {
      rankings.of(width.symbol()).ifPresent(ranking -> width.hparam().setOrder(ranking.order()));
    }
  }

  /**
   * Finds widths that meet a budget. Kernels and depths stay what they were unless widths alone
   * cannot meet it.
   *
   * @param power what errors are raised to before they are added up
   * @throws EspalierException if no network of the space meets it
   */
  public static BudgetResult find(
      SearchSpace space, Budget budget, WidthErrors table, double power) {
    Widths widths = new Widths(space, budget);
    return find(space, OtherDials.fit(space, budget, widths), table, power);
  }

  /**
   * Finds widths that meet a budget, with kernels and depths as a config has them.
   *
   * @throws EspalierException if there are none
   */
  public static BudgetResult find(
      SearchSpace space, Budget budget, WidthErrors table, double power, Config others) {
    Widths widths = new Widths(space, budget);
    Widths turned = widths.with(widths.meter().dials().setting(others));
    int[] least = turned.least();
    if (turned.costs(least).measure() > turned.meter().allowed()) {
      throw Refusal.of(space, budget, turned.all(least));
    }
    return find(space, turned, table, power);
  }

  private static BudgetResult find(
      SearchSpace space, Widths widths, WidthErrors table, double power) {
    Map<String, WidthUnits> units = new HashMap<>();
    WidthUnits.of(space).forEach(width -> units.put(width.hparam().name(), width));
    double[][] errors = new double[widths.size()][];
    for (int i = 0; i < errors.length; i++) {
      Width width = widths.get(i);
      WidthUnits own = Objects.requireNonNull(units.get(width.name()));
      errors[i] = new double[width.size()];
      for (int position = 0; position < errors[i].length; position++) {
        int count = own.at(width.choice(position).number());
        errors[i][position] = Math.pow(table.of(width.name(), count), power);
      }
    }
    return new CurveSearch(widths, errors).find();
  }

  private BudgetResult find() {
    int[] least = widths.least();
    double low = 0;
    double high = 1;
    int[] best = least;
    while (cost(at(high, widths.original())) > allowed) {
      high *= 4;
      if (high > 1e12) {
        break;
      }
    }
    for (int i = 0; i < BISECTIONS && high - low > 1e-4 * high; i++) {
      double price = low == 0 ? high / 8 : Math.sqrt(low * high);
      if (low == 0 && high < 1e-9) {
        break;
      }
      int[] setting = at(price, widths.original());
      if (cost(setting) <= allowed) {
        high = price;
        if (cost(best) > allowed || error(setting) < error(best)) {
          best = setting;
        }
      } else {
        low = price;
      }
    }
    fill(best);
    return widths.result(best);
  }

  private double cost(int[] setting) {
    return widths.costs(setting).measure();
  }

  private double error(int[] setting) {
    double sum = 0;
    for (int i = 0; i < setting.length; i++) {
      sum += errors[i][setting[i]];
    }
    return sum;
  }

  /** What every width takes at a price for the whole cost of the original. */
  private int[] at(double price, int[] start) {
    int[] setting = start.clone();
    boolean changed = true;
    for (int round = 0; changed && round < ROUNDS; round++) {
      changed = false;
      for (int i = 0; i < setting.length; i++) {
        int before = setting[i];
        int best = before;
        double least = Double.POSITIVE_INFINITY;
        for (int position = 0; position < errors[i].length; position++) {
          setting[i] = position;
          double value = errors[i][position] + price * cost(setting) / whole;
          if (value < least) {
            least = value;
            best = position;
          }
        }
        setting[i] = best;
        changed |= best != before;
      }
    }
    return setting;
  }

  /** Spends what is left of the budget, always on what takes most error away for its cost. */
  private void fill(int[] setting) {
    while (true) {
      double now = cost(setting);
      int best = -1;
      int to = 0;
      double most = 0;
      for (int i = 0; i < setting.length; i++) {
        int before = setting[i];
        for (int position = before + 1; position < errors[i].length; position++) {
          setting[i] = position;
          double added = cost(setting) - now;
          if (now + added > allowed) {
            if (grows) {
              break;
            }
            continue;
          }
          double gain = (errors[i][before] - errors[i][position]) / Math.max(added, 1e-9);
          if (gain > most) {
            most = gain;
            best = i;
            to = position;
          }
        }
        setting[i] = before;
      }
      if (best < 0) {
        return;
      }
      setting[best] = to;
    }
  }
}
