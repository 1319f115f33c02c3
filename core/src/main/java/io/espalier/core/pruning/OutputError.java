package io.espalier.core.pruning;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Samples;
import io.espalier.core.data.TokenMask;
import io.espalier.core.moments.DataModel;
import io.espalier.core.values.Sum;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the outputs of networks are from those of one original on some data: the squared
 * difference of each output as a part of its variance, averaged over outputs. What a mask among the
 * inputs hides counts for nothing.
 */
public final class OutputError {
  private final Samples data;
  private final int[] samples;
  private final List<Map<String, DataArray>> expected = new ArrayList<>();
  private final Map<String, Long> elements = new LinkedHashMap<>();

  /**
   * Runs the original.
   *
   * @param samples which of the data, ascending
   * @throws EspalierException if an output is no finite number
   */
  public OutputError(DataModel original, Samples data, int[] samples) {
    this.data = data;
    this.samples = samples;
    original.run(
        data,
        samples,
        (batch, outputs) -> {
          TokenMask mask = TokenMask.of(batch);
          outputs.forEach((name, array) -> elements.merge(name, mask.shown(array), Long::sum));
          expected.add(blanked(batch, outputs));
        });
    for (Map<String, DataArray> outputs : expected) {
      outputs.forEach((name, array) -> requireFinite(original, name, array));
    }
  }

  private static Map<String, DataArray> blanked(Batch batch, Map<String, DataArray> outputs) {
    TokenMask mask = TokenMask.of(batch);
    Map<String, DataArray> real = new LinkedHashMap<>();
    outputs.forEach((name, array) -> real.put(name, mask.blanked(array)));
    return real;
  }

  private static void requireFinite(DataModel original, String name, DataArray array) {
    for (int i = 0; array.isFloating() && i < array.size(); i++) {
      if (!Double.isFinite(array.number(i))) {
        throw new EspalierException(
            original.description()
                + " computes "
                + array.number(i)
                + " in output \""
                + name
                + "\" from these data; give data that it is made for, or prune without");
      }
    }
  }

  /** How many samples the outputs are compared on. */
  public int samples() {
    return samples.length;
  }

  /** The error of another network; infinite if it computes something that is not finite. */
  public double of(DataModel other) {
    List<Map<String, DataArray>> actual = new ArrayList<>();
    other.run(data, samples, (batch, outputs) -> actual.add(blanked(batch, outputs)));
    return error(actual);
  }

  /** The same, run on one thread, so that several can be run side by side. */
  double onOneThread(DataModel other) {
    List<Map<String, DataArray>> actual = new ArrayList<>();
    other.runOnOneThread(data, samples, (batch, outputs) -> actual.add(blanked(batch, outputs)));
    return error(actual);
  }

  /** What tells the original and the data from others: a hash over its outputs. */
  String subject() {
    Sum sum = new Sum();
    for (Map<String, DataArray> outputs : expected) {
      for (DataArray array : outputs.values()) {
        for (int i = 0; i < array.size(); i++) {
          sum.number(Double.doubleToLongBits(array.number(i)));
        }
      }
    }
    return HexFormat.of().formatHex(sum.digest());
  }

  /** The variance of each of the original's outputs that are no integers, by name. */
  public Map<String, Double> variances() {
    Map<String, Double> variances = new LinkedHashMap<>();
    expected
        .get(0)
        .forEach(
            (name, array) -> {
              if (array.isFloating()) {
                double[] sums = sums(name);
                long count = Math.max(1, elements.getOrDefault(name, 0L));
                double mean = sums[0] / count;
                variances.put(name, Math.max(0, sums[1] / count - mean * mean));
              }
            });
    return variances;
  }

  /** The sum of an output's numbers, and of their squares. */
  private double[] sums(String name) {
    double[] sums = new double[2];
    for (Map<String, DataArray> outputs : expected) {
      DataArray array = outputs.get(name);
      for (int i = 0; array != null && i < array.size(); i++) {
        double value = array.number(i);
        sums[0] += value;
        sums[1] += value * value;
      }
    }
    return sums;
  }

  private double error(List<Map<String, DataArray>> actual) {
    double sum = 0;
    int count = 0;
    for (Map.Entry<String, DataArray> output : expected.get(0).entrySet()) {
      if (output.getValue().isFloating()) {
        sum += error(output.getKey(), actual);
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private double error(String name, List<Map<String, DataArray>> actual) {
    double difference = 0;
    double total = 0;
    double squares = 0;
    for (int batch = 0; batch < expected.size(); batch++) {
      DataArray wanted = expected.get(batch).get(name);
      DataArray now = actual.get(batch).get(name);
      if (wanted == null || now == null) {
        throw new EspalierException("output \"" + name + "\" is missing from one of the networks");
      }
      for (int i = 0; i < wanted.size(); i++) {
        double value = wanted.number(i);
        double missing = now.number(i) - value;
        difference += missing * missing;
        total += value;
        squares += value * value;
      }
    }
    double variance = squares - total / elements.getOrDefault(name, 0L) * total;
    if (!Double.isFinite(difference)) {
      return Double.POSITIVE_INFINITY;
    }
    return variance > 0 ? difference / variance : difference == 0 ? 0 : Double.POSITIVE_INFINITY;
  }
}
