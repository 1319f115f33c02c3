package io.espalier.core.cost;

/** Sums and products of counts, which are none below zero; what no long holds is the largest. */
final class Saturated {
  private Saturated() {}

  static long plus(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  static long times(long a, long b) {
    return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }
}
