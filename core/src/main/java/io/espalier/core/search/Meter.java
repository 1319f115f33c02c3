package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;
import java.util.ArrayList;
import java.util.List;

/**
 * What settings cost under a budget. Of several limits the one counts that comes nearest to being
 * exceeded, so that a search sees one number.
 */
final class Meter {
  private static final int PARAMS = 0;
  private static final int MACS = 1;
  private static final int FIRST_LIMIT = 2;

  private final Dials dials;
  private final List<Limit> limits;
  private final long[] whole;
  private final double[] allowed;

  Meter(SearchSpace space, Budget budget) {
    List<CostHandler> counted =
        new ArrayList<>(List.of(Cost.PARAMS.handler(), Cost.MACS.handler()));
    budget.limits().forEach(limit -> counted.add(limit.cost()));
    this.dials = space.dials(counted);
    this.limits = budget.limits();
    this.whole = dials.originalCosts();
    this.allowed = new double[limits.size()];
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] = limits.get(i).allowed(whole[FIRST_LIMIT + i]);
    }
  }

  Dials dials() {
    return dials;
  }

  /** What a setting of all dials costs. */
  Costs at(int[] setting) {
    return costs(dials.costs(setting));
  }

  private Costs costs(long[] costs) {
    double load = 0;
    for (int i = 0; i < allowed.length; i++) {
      load = Math.max(load, costs[FIRST_LIMIT + i] / allowed[i]);
    }
    double measure = allowed.length == 1 ? costs[FIRST_LIMIT] : load * allowed[0];
    return new Costs(costs[PARAMS], costs[MACS], measure);
  }

  /** What the original costs. */
  Costs original() {
    return costs(whole);
  }

  /** The most that {@link Costs#measure} may be. */
  double allowed() {
    return allowed[0];
  }

  /** Whether a network that keeps more is never further from its limits. */
  boolean grows() {
    return limits.stream().allMatch(limit -> limit.cost().grows());
  }

  /** The limit of which nothing is counted at all; -1 if there is none. */
  int uncounted() {
    for (int i = 0; i < allowed.length; i++) {
      if (whole[FIRST_LIMIT + i] == 0) {
        return i;
      }
    }
    return -1;
  }

  /** What each limit says of a setting: {@code 0.25 of the MACs}. */
  List<String> say(int[] setting) {
    long[] costs = dials.costs(setting);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < allowed.length; i++) {
      words.add(limits.get(i).say(costs[FIRST_LIMIT + i], whole[FIRST_LIMIT + i]));
    }
    return words;
  }

  /** What is spent on limits of other costs than parameters and operations. */
  List<BudgetResult.Spent> spent(int[] setting) {
    long[] costs = dials.costs(setting);
    List<BudgetResult.Spent> spent = new ArrayList<>();
    for (int i = FIRST_LIMIT; i < costs.length; i++) {
      String key = dials.costs().get(i).key();
      if (!key.equals(ParamsCost.KEY) && !key.equals(MacsCost.KEY)) {
        spent.add(new BudgetResult.Spent(dials.costs().get(i), whole[i], costs[i]));
      }
    }
    return spent;
  }

  /** The limits that a setting exceeds. */
  List<Limit> exceeded(int[] setting) {
    long[] costs = dials.costs(setting);
    List<Limit> exceeded = new ArrayList<>();
    for (int i = 0; i < allowed.length; i++) {
      if (costs[FIRST_LIMIT + i] > allowed[i]) {
        exceeded.add(limits.get(i));
      }
    }
    return exceeded;
  }
}
