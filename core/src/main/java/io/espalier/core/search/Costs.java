package io.espalier.core.search;

/**
 * What a network costs.
 *
 * @param params weights and biases
 * @param macs multiply-accumulate operations at batch 1
 * @param measure what the budget limits
 */
record Costs(long params, long macs, double measure) {
  Costs minus(Costs other) {
    return new Costs(params - other.params, macs - other.macs, measure - other.measure);
  }

  /** Parameters and operations, each as a share of what the whole costs. */
  double shareOf(Costs whole) {
    return share(params, whole.params) + share(macs, whole.macs);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : part / (double) whole;
  }
}
