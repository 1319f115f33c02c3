package io.espalier.cli;

import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.latency.LatencyCost;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.spi.EspalierException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;

/** Latencies as a user writes and reads them. */
final class LatencyWords {
  private static final Amount.Kind KIND =
      new Amount.Kind(
          Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9),
          "latency",
          "the original's latency",
          "a part of the original's, such as 0.6, or a time in ns, us, ms or s, such as 15ms",
          "0.6",
          "a time, such as 15ms");

  private static final int DIGITS = 3;

  private LatencyWords() {}

  /**
   * What a run may take: a bare number is a part, one with a unit a time.
   *
   * @throws EspalierException if it is neither
   */
  static LatencyLimit read(String words) {
    Amount amount = Amount.read(words, KIND);
    return new LatencyLimit(amount.number(), amount.part());
  }

  /** {@code latency: predicted 9.1 ms (0.598 of the original), measured 9.2 ms (0.605)}. */
  static String of(ConfirmedLatency latency, LatencyCost cost, String conditions, int timed) {
    String end = System.lineSeparator();
    return "latency: predicted "
        + said(latency.predicted(), latency, cost)
        + " of the original's, measured "
        + said(latency.measured(), latency, cost)
        + end
        + "latency is what "
        + conditions
        + " takes; networks timed: "
        + timed
        + end;
  }

  private static String said(double time, ConfirmedLatency latency, LatencyCost cost) {
    return String.format(
        Locale.ROOT, "%s, %.3f", cost.number((long) time), time / latency.original());
  }

  /** Why nothing is written: what was found takes longer than was allowed. */
  static EspalierException exceeded(ConfirmedLatency latency, LatencyCost cost) {
    double part = latency.measured() / latency.original();
    return new EspalierException(
        "the budget of latency was not met: the nearest that was found in "
            + latency.searches()
            + (latency.searches() == 1 ? " search" : " searches")
            + " takes "
            + said(latency.measured(), latency, cost)
            + " of the original's, where "
            + cost.number((long) latency.allowed())
            + " are allowed; allow as much, with --latency "
            + BigDecimal.valueOf(Math.min(1, part)).setScale(DIGITS, RoundingMode.CEILING)
            + ", or run this while nothing else runs");
  }
}
