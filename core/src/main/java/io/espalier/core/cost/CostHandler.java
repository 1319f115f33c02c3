package io.espalier.core.cost;

import java.util.Locale;

/**
 * One question about what a network costs, such as how many parameters it has. A handler is
 * stateless; what it finds out about a network it keeps in the function that it returns. It is
 * registered with {@code @AutoService(CostHandler.class)}, or a line in {@code
 * META-INF/services/io.espalier.core.cost.CostHandler}, and a budget names it by its key.
 */
public interface CostHandler {
  /** The name by which a budget chooses it, such as {@code params}; unique on a class path. */
  String key();

  /** How a sentence calls what is counted, such as {@code parameters}. */
  String plural();

  /** An amount, as a table shows it under {@link #plural()}: {@code 1,234}. */
  default String number(long amount) {
    return String.format(Locale.ROOT, "%,d", amount);
  }

  /** An amount in a sentence: {@code 1,234 parameters}. */
  default String words(long amount) {
    return number(amount) + " " + plural();
  }

  /**
   * Whether a network that keeps more never costs less. Where that is not so, a search does not
   * take the smallest network for the one that costs least.
   */
  default boolean grows() {
    return true;
  }

  /**
   * The cost of a network as a function of what is kept of it.
   *
   * @param network compiles the extents of its axes, so that the function only has to look them up
   */
  CostFunction of(CostedNetwork network);
}
