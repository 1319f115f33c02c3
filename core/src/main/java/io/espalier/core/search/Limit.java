package io.espalier.core.search;

import io.espalier.core.cost.CostHandler;
import io.espalier.spi.EspalierException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The most of one cost that a network may have.
 *
 * @param cost what is counted
 * @param amount how much of it: a part of the original's, above 0 and at most 1, or a number
 * @param part whether it is a part
 */
public record Limit(CostHandler cost, double amount, boolean part) {
  private static final int DIGITS = 3;

  /**
   * Checks a limit.
   *
   * @throws EspalierException if the amount is out of its range, or is no number
   */
  public Limit {
    if (part && !(amount > 0 && amount <= 1)) {
      throw new EspalierException(
          "a budget must be a fraction of the original's "
              + cost.plural()
              + ", above 0 and at most 1, such as 0.5, not "
              + amount);
    }
    if (!(amount > 0 && amount <= Long.MAX_VALUE)) {
      throw new EspalierException(
          "a budget of " + cost.plural() + " must be a number above 0, not " + amount);
    }
  }

  /** A part of what the original costs. */
  public static Limit part(CostHandler cost, double part) {
    return new Limit(cost, part, true);
  }

  /** A number, whatever the original costs. */
  public static Limit absolute(CostHandler cost, double number) {
    return new Limit(cost, number, false);
  }

  /**
   * How much it allows.
   *
   * @param whole what the original costs
   */
  public double allowed(long whole) {
    return part ? whole * amount : amount;
  }

  /** The same, said of another amount, rounded up: {@code 0.25 of the MACs}, {@code 1,234 MACs}. */
  String say(long amount, long whole) {
    return part
        ? BigDecimal.valueOf(amount)
                .divide(BigDecimal.valueOf(whole), DIGITS, RoundingMode.CEILING)
                .stripTrailingZeros()
                .toPlainString()
            + " of the "
            + cost.plural()
        : cost.words(amount);
  }

  /** {@code 0.5 of the MACs}, {@code 4,000,000 bytes}. */
  @Override
  public String toString() {
    return part ? amount + " of the " + cost.plural() : cost.words((long) amount);
  }
}
