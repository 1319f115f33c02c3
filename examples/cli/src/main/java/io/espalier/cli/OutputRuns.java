package io.espalier.cli;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs two models on the same data. */
final class OutputRuns implements AutoCloseable {
  private static final int MOST_SAMPLES = 64;
  private static final long MOST_ELEMENTS = 1L << 20;

  private final List<InputSpec> inputs;
  private final Samples data;
  private final OnnxSession original;
  private final OnnxSession small;
  private Map<String, DataArray> first = Map.of();
  private boolean together;

  OutputRuns(OnnxModel original, OnnxModel small, List<InputSpec> inputs, Samples data) {
    this.inputs = inputs;
    this.data = data;
    SessionSettings settings = SessionSettings.fast();
    this.original = OnnxSession.open(original, settings);
    try {
      this.small = OnnxSession.open(small, settings);
    } catch (RuntimeException e) {
      this.original.close();
      throw e;
    }
  }

  /**
   * Runs both models and compares what they compute.
   *
   * @param samples which samples of the data
   * @return how many were compared
   * @throws EspalierException and others of its kind if that cannot be done
   */
  int compare(int[] samples, Findings findings) {
    int fixed = InputSpec.batchSize(inputs, 0);
    if (fixed > samples.length) {
      throw new EspalierException(
          "the model reads "
              + fixed
              + " samples at a time, and there are "
              + samples.length
              + "; give more data");
    }
    int size = fixed > 0 ? fixed : size(samples);
    together = fixed == 0 && size > 1;
    int compared = 0;
    try (Samples.Batches batches = data.read(samples, size)) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        Batch batch = next.get();
        if (first.isEmpty()) {
          first = fixed > 0 ? batch.arrays() : firstOf(batch);
        }
        if (fixed == 0 || batch.size() == fixed) {
          findings.add(batch, rows(original, batch), rows(small, batch));
          compared += batch.size();
        }
      }
    }
    return compared;
  }

  private static Map<String, DataArray> rows(OnnxSession session, Batch batch) {
    Map<String, DataArray> outputs = session.runArrays(batch.arrays());
    outputs.forEach(
        (name, array) -> {
          if (batch.size() > 1 && (array.shape().length == 0 || array.shape()[0] != batch.size())) {
            throw new EspalierException(
                "output '"
                    + name
                    + "' is "
                    + array
                    + " for "
                    + batch.size()
                    + " samples, and outputs can be compared only where each sample has a row");
          }
        });
    return outputs;
  }

  /**
   * How many samples to run at a time: several, if both models take them so and every output then
   * has a row for each.
   */
  private int size(int[] samples) {
    if (samples.length < 2) {
      return 1;
    }
    try (Samples.Batches batches = data.read(samples, 2)) {
      Batch two = batches.next().orElseThrow();
      for (var next = batches.next(); two.size() < 2 && next.isPresent(); next = batches.next()) {
        two = next.get();
      }
      if (two.size() < 2) {
        return 1; // of one shape each: one by one they fit for sure
      }
      long elements = elements(two.arrays());
      for (OnnxSession session : List.of(original, small)) {
        Map<String, DataArray> together = session.runArrays(two.arrays());
        Map<String, DataArray> alone = session.runArrays(firstOf(two));
        if (!alone.keySet().stream()
            .allMatch(name -> hasRows(together.get(name), alone.get(name)))) {
          return 1;
        }
        elements = Math.max(elements, elements(together));
      }
      return (int) Math.max(1, Math.min(MOST_SAMPLES, 2 * MOST_ELEMENTS / elements));
    } catch (OnnxRunException e) {
      return 1; // what is wrong with one sample, if anything, is said when it is run
    }
  }

  private static boolean hasRows(@Nullable DataArray together, @Nullable DataArray alone) {
    if (together == null || alone == null) {
      return false;
    }
    long[] two = together.shape();
    long[] one = alone.shape();
    return one.length > 0
        && one[0] == 1
        && two.length == one.length
        && two[0] == 2
        && Arrays.equals(one, 1, one.length, two, 1, two.length);
  }

  private static long elements(Map<String, DataArray> arrays) {
    return arrays.values().stream().mapToLong(DataArray::size).sum();
  }

  /** The first sample of a batch. */
  private static Map<String, DataArray> firstOf(Batch batch) {
    Map<String, DataArray> one = new LinkedHashMap<>();
    batch.arrays().forEach((name, array) -> one.put(name, array.row(0)));
    return one;
  }

  /** The inputs that the models were run on first: one sample, or as many as they insist on. */
  Map<String, Tensor> first() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    first.forEach((name, array) -> tensors.put(name, Tensor.of(array)));
    return tensors;
  }

  /** The first sample so many times; empty where the models do not take several together. */
  Optional<Map<String, Tensor>> first(int times) {
    if (!together) {
      return Optional.empty();
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    first.forEach((name, array) -> tensors.put(name, Tensor.of(repeated(array, times))));
    return Optional.of(tensors);
  }

  private static DataArray repeated(DataArray one, int times) {
    long[] shape = one.shape();
    shape[0] = times;
    int size = one.size();
    if (one.isFloating()) {
      float[] values = new float[size * times];
      for (int i = 0; i < times; i++) {
        one.floats().get(values, i * size, size);
      }
      return DataArray.ofFloats(one.type(), values, shape);
    }
    long[] values = new long[size * times];
    for (int i = 0; i < times; i++) {
      one.longs().get(values, i * size, size);
    }
    return DataArray.ofLongs(one.type(), values, shape);
  }

  @Override
  public void close() {
    original.close();
    small.close();
  }
}
