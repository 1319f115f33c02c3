package io.espalier.core.values;

/** Sums, and products of what is not below zero; what no long holds is the largest. */
public final class Saturated {
  private Saturated() {}

  public static long plus(long a, long b) {
    return b > 0 && a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  public static long times(long a, long b) {
    return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }
}
