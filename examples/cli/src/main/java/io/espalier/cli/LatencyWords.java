package io.espalier.cli;

import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.latency.LatencyCost;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.spi.EspalierException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Latencies as a user writes and reads them. */
final class LatencyWords {
  private static final Pattern AMOUNT =
      Pattern.compile("([-+.0-9eE]+|NaN|-?Infinity)(ns|us|ms|s)?");
  private static final Map<String, Double> NANOSECONDS =
      Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9);

  private LatencyWords() {}

  /**
   * What a run may take: a bare number is a part, one with a unit a time.
   *
   * @throws EspalierException if it is neither
   */
  static LatencyLimit read(String words) {
    Matcher amount = AMOUNT.matcher(words);
    double number = amount.matches() ? number(amount.group(1), words) : refuse(words);
    String unit = amount.group(2);
    if (unit != null) {
      return new LatencyLimit(number * NANOSECONDS.getOrDefault(unit, Double.NaN), false);
    }
    if (number > 1) {
      throw new EspalierException(
          "'"
              + words
              + "' is more than the whole: a bare number is a part of the original's latency, such"
              + " as 0.6; give a unit for a time, such as 15ms");
    }
    return new LatencyLimit(number, true);
  }

  private static double number(String number, String words) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      return refuse(words);
    }
  }

  private static double refuse(String words) {
    throw new EspalierException(
        "'"
            + words
            + "' is no latency; give a part of the original's, such as 0.6, or a time in ns, us, ms"
            + " or s, such as 15ms");
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
        + end
        + (latency.exceeds() ? exceeded(latency, cost) + end : "");
  }

  private static String said(double time, ConfirmedLatency latency, LatencyCost cost) {
    return String.format(
        Locale.ROOT, "%s, %.3f", cost.number((long) time), time / latency.original());
  }

  private static String exceeded(ConfirmedLatency latency, LatencyCost cost) {
    return "that is more than the "
        + cost.number((long) latency.allowed())
        + " that were allowed, and nothing nearer was found in "
        + latency.searches()
        + (latency.searches() == 1 ? " search" : " searches")
        + "; allow a little less, or run this while nothing else runs";
  }
}
