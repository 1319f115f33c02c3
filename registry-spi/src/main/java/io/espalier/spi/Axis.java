package io.espalier.spi;

/**
 * One dimension of one tensor. What it is made of is the solver's secret: a rule passes axes on,
 * ties them together and asks for their extent.
 */
public interface Axis {
  /** The number of elements along this axis in the original network; at least 1. */
  long extent();

  /**
   * Whether anything along it may be left out. Known to modules, which see the network when it is
   * solved; while rules are asked nothing is decided yet, and every axis is said to be free.
   */
  default boolean isFree() {
    return true;
  }
}
