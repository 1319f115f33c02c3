package io.espalier.core.cost;

/** A cost of one network, of whichever size it is. Safe for use by several threads at once. */
@FunctionalInterface
public interface CostFunction {
  /**
   * The cost.
   *
   * @param extents what is kept of the network
   * @return a number that is not negative; 2^63 - 1 where it is larger
   */
  long at(Extents extents);
}
