package io.espalier.core.search;

import io.espalier.spi.EspalierException;

/**
 * What a smaller network may cost, and how its widths are to be chosen.
 *
 * @param cost what is counted
 * @param fraction how much of the original's cost is allowed, above 0 and at most 1
 * @param divisor what widths of 64 and more are multiples of; smaller ones are multiples of 4 (from
 *     32), 2 (from 16) and 1, or of the divisor if that is smaller
 * @param floor no width falls below this part of its original, from 0 to 1
 * @param exact whether widths that a layer normalises over stay whole, so that plain masking proves
 *     the result
 */
public record Budget(Cost cost, double fraction, int divisor, double floor, boolean exact) {
  private static final int DIVISOR = 8;
  private static final double FLOOR = 0.125;

  /**
   * Checks a budget.
   *
   * @throws EspalierException if a number is out of its range, or is none
   */
  public Budget {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new EspalierException(
          "a budget must be a fraction of the original's "
              + cost
              + ", above 0 and at most 1, such as 0.5, not "
              + fraction);
    }
    if (divisor < 1) {
      throw new EspalierException("the divisor of widths must be at least 1, not " + divisor);
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new EspalierException(
          "the floor of widths must be a fraction from 0 to 1, such as 0.125, not " + floor);
    }
  }

  /** Multiples of 8, and at least an eighth of each width. */
  public static Budget of(Cost cost, double fraction) {
    return new Budget(cost, fraction, DIVISOR, FLOOR, false);
  }

  public Budget withDivisor(int other) {
    return new Budget(cost, fraction, other, floor, exact);
  }

  public Budget withFloor(double other) {
    return new Budget(cost, fraction, divisor, other, exact);
  }

  public Budget withExact(boolean other) {
    return new Budget(cost, fraction, divisor, floor, other);
  }

  /** What a width is to be a multiple of. */
  int divisorOf(int width) {
    int usual = width >= 64 ? divisor : width >= 32 ? 4 : width >= 16 ? 2 : 1;
    return Math.min(usual, divisor);
  }

  /** The smallest value that a width may take. */
  int leastOf(int width) {
    return (int) Math.ceil(width * floor - 1e-9);
  }
}
