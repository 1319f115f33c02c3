package io.espalier.core.latency;

import io.espalier.core.search.Limit;
import io.espalier.spi.EspalierException;

/**
 * A limit of latency before anything was timed.
 *
 * @param amount a part of what the original takes, or nanoseconds
 * @param part whether it is a part
 */
public record LatencyLimit(double amount, boolean part) {
  /**
   * Checks a limit.
   *
   * @throws EspalierException if the amount is out of its range, or is no number
   */
  public LatencyLimit {
    if (!(amount > 0) || amount > (part ? 1 : Long.MAX_VALUE)) {
      throw new EspalierException(
          part
              ? "a limit of latency must be a part of the original's, above 0 and at most 1, such"
                  + " as 0.6, not "
                  + amount
              : "a limit of latency must be a time above 0, not " + amount + " ns");
    }
  }

  /** A lower one, where predictions were found to be too low. */
  LatencyLimit times(double factor) {
    return new LatencyLimit(amount * factor, part);
  }

  /** The limit by what a table predicts. */
  public Limit by(LatencyCost cost) {
    return new Limit(cost, amount, part);
  }
}
