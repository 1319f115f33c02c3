package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.values.Config;
import java.util.List;

/**
 * A sub-network that meets a budget.
 *
 * @param config a choice for every hparam that can be configured
 * @param params its weights and biases
 * @param macs its multiply-accumulate operations at batch 1
 * @param originalParams those of the original
 * @param originalMacs those of the original
 * @param others what else the budget limits
 */
public record BudgetResult(
    Config config,
    long params,
    long macs,
    long originalParams,
    long originalMacs,
    List<Spent> others) {
  public BudgetResult {
    others = List.copyOf(others);
  }

  /** What a config costs beside the original. */
  public static BudgetResult of(SearchSpace space, Budget budget, Config config) {
    Widths widths = new Widths(space, budget);
    Widths turned = widths.with(widths.meter().dials().setting(config));
    return turned.result(turned.steps(config));
  }

  /**
   * What a limit was spent on.
   *
   * @param cost what is counted
   * @param before what the original costs
   * @param after what the smaller network costs
   */
  public record Spent(CostHandler cost, long before, long after) {}
}
