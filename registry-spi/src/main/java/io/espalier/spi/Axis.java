package io.espalier.spi;

/**
 * One dimension of one tensor. What it is made of is the solver's secret: a rule passes axes on,
 * ties them together and asks for their extent.
 */
public interface Axis {
  /** The number of elements along this axis in the original network; at least 1. */
  long extent();
}
