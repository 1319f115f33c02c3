package io.espalier.core.latency;

import io.espalier.core.cost.CostFunction;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostedNetwork;
import io.espalier.core.cost.Extents;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long one run takes, in nanoseconds, as a table predicts it. More is not always slower: a
 * width that kernels like is quicker than a smaller one that they do not.
 */
public final class LatencyCost implements CostHandler {
  /** Its key. */
  public static final String KEY = "latency";

  private static final double MILLION = 1e6;

  private final LatencyTable table;

  LatencyCost(LatencyTable table) {
    this.table = table;
  }

  LatencyTable table() {
    return table;
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String plural() {
    return "latency";
  }

  @Override
  public String number(long nanoseconds) {
    double milliseconds = nanoseconds / MILLION;
    int digits = milliseconds < 1 ? 4 : milliseconds < 100 ? 2 : 0;
    return String.format(Locale.ROOT, "%,." + digits + "f ms", milliseconds);
  }

  @Override
  public String words(long nanoseconds) {
    return number(nanoseconds) + " of latency";
  }

  @Override
  public boolean grows() {
    return false;
  }

  @Override
  public CostFunction of(CostedNetwork network) {
    return new Prediction(table, new Segments(network));
  }

  /** What segments take, each remembered by its sizes. */
  private static final class Prediction implements CostFunction {
    private final LatencyTable table;
    private final Segments segments;
    private final List<Map<Sizes, Double>> known = new ArrayList<>();

    /** Sizes that are looked up. */
    @SuppressWarnings("ArrayRecordComponent") // equality is by content
    private record Sizes(long[] numbers) {
      @Override
      public boolean equals(Object other) {
        return other instanceof Sizes sizes && Arrays.equals(numbers, sizes.numbers);
      }

      @Override
      public int hashCode() {
        return Arrays.hashCode(numbers);
      }
    }

    Prediction(LatencyTable table, Segments segments) {
      this.table = table;
      this.segments = segments;
      for (int i = 0; i < segments.count(); i++) {
        known.add(new ConcurrentHashMap<>());
      }
    }

    @Override
    public long at(Extents extents) {
      double sum = 0;
      for (int i = 0; i < known.size(); i++) {
        int segment = i;
        sum +=
            known
                .get(i)
                .computeIfAbsent(
                    new Sizes(segments.sizes(i, extents)),
                    sizes -> table.at(segment, sizes.numbers()));
      }
      return Math.round(table.whole(sum));
    }
  }
}
