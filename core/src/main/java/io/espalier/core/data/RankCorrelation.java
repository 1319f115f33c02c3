package io.espalier.core.data;

import java.util.Arrays;
import java.util.OptionalDouble;

/** How far two lists of numbers are in the same order. */
final class RankCorrelation {
  private RankCorrelation() {}

  /**
   * Spearman's coefficient: that of Pearson between the ranks, equal numbers sharing the mean of
   * theirs.
   *
   * @return from -1 to 1; empty where one list has the same number everywhere
   */
  static OptionalDouble of(double[] first, double[] second) {
    double[] a = ranks(first);
    double[] b = ranks(second);
    double mean = (a.length - 1) / 2.0;
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (a[i] - mean) * (b[i] - mean);
      squaresOfA += (a[i] - mean) * (a[i] - mean);
      squaresOfB += (b[i] - mean) * (b[i] - mean);
    }
    return squaresOfA == 0 || squaresOfB == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(product / Math.sqrt(squaresOfA) / Math.sqrt(squaresOfB));
  }

  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      ranks[i] = (first(sorted, values[i], true) + first(sorted, values[i], false) - 1) / 2.0;
    }
    return ranks;
  }

  /** The first position that holds a value, or the first behind those that do. */
  private static int first(double[] sorted, double value, boolean held) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || (!held && sorted[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
