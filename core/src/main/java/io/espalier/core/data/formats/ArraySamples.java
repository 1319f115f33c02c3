package io.espalier.core.data.formats;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Samples of which each input has an array of its own. */
final class ArraySamples implements Samples {
  private final List<ArrayInput> inputs;

  /**
   * @throws DataException if the arrays do not hold equally many samples
   */
  ArraySamples(List<ArrayInput> inputs) {
    this.inputs = List.copyOf(inputs);
    StoredArray first = inputs.get(0).array();
    for (ArrayInput input : inputs) {
      if (input.array().count() != first.count()) {
        throw new DataException(
            input.array().what()
                + " holds "
                + input.array().count()
                + " samples, and "
                + first.what()
                + " "
                + first.count()
                + "; each array must have one row a sample");
      }
    }
  }

  @Override
  public int count() {
    return inputs.get(0).array().count();
  }

  @Override
  public Batches read(int[] samples, int size) {
    return new ArrayBatches(samples, size);
  }

  private final class ArrayBatches implements Batches {
    private final List<ArrayReader> readers = new ArrayList<>();
    private final int[] samples;
    private final int size;
    private int next;

    ArrayBatches(int[] samples, int size) {
      this.samples = samples;
      this.size = size;
    }

    @Override
    public Optional<Batch> next() {
      if (next == samples.length) {
        return Optional.empty();
      }
      if (readers.isEmpty()) {
        inputs.forEach(input -> readers.add(ArrayReader.open(input)));
      }
      int[] chosen = Arrays.copyOfRange(samples, next, Math.min(next + size, samples.length));
      Map<String, DataArray> arrays = new LinkedHashMap<>();
      for (int i = 0; i < inputs.size(); i++) {
        arrays.put(inputs.get(i).input().name(), readers.get(i).read(chosen));
      }
      next += chosen.length;
      return Optional.of(new Batch(chosen, arrays));
    }

    @Override
    public void close() {
      readers.forEach(ArrayReader::close);
    }
  }
}
