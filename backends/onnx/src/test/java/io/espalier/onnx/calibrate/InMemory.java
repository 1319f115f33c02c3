package io.espalier.onnx.calibrate;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Samples of several inputs that are held in memory. */
final class InMemory implements Samples {
  private final int count;
  private final Map<String, double[]> values = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, ElementType> types = new LinkedHashMap<>();

  InMemory(int count) {
    this.count = count;
  }

  /** Normal numbers for each input; whatever an input of integers plausibly holds. */
  static InMemory random(List<InputSpec> inputs, Map<String, long[]> shapes, int count, long seed) {
    InMemory samples = new InMemory(count);
    for (InputSpec input : inputs) {
      long[] shape = shapes.get(input.name());
      if (shape == null) {
        shape = input.trial().stream().mapToLong(Long::longValue).toArray();
      }
      Random random = new Random(seed + input.name().hashCode());
      Draw draw = input.plausible();
      int size = (int) Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
      double[] values = new double[count * size];
      Arrays.setAll(values, i -> draw.next(random));
      samples.put(input.name(), input.type(), values, Arrays.copyOfRange(shape, 1, shape.length));
    }
    return samples;
  }

  /** Gives an input values; a shape is that of one sample. */
  InMemory put(String input, ElementType type, double[] numbers, long... shape) {
    values.put(input, numbers);
    types.put(input, type);
    long[] all = new long[shape.length + 1];
    System.arraycopy(shape, 0, all, 1, shape.length);
    shapes.put(input, all);
    return this;
  }

  /** Normal numbers, the same again for the same seed. */
  InMemory normal(String input, long seed, long... shape) {
    Random random = new Random(seed);
    double[] numbers = new double[count * (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(numbers, i -> random.nextGaussian());
    return put(input, ElementType.FLOAT32, numbers, shape);
  }

  /** All samples of one input. */
  DataArray of(String name) {
    return Objects.requireNonNull(all().get(name));
  }

  /** All samples in one batch. */
  Map<String, DataArray> all() {
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    return batch(all).arrays();
  }

  @Override
  public int count() {
    return count;
  }

  private Batch batch(int[] samples) {
    Map<String, DataArray> arrays = new LinkedHashMap<>();
    values.forEach(
        (name, numbers) -> {
          long[] shape = Objects.requireNonNull(shapes.get(name)).clone();
          shape[0] = samples.length;
          int size = numbers.length / count;
          double[] picked = new double[samples.length * size];
          for (int i = 0; i < samples.length; i++) {
            System.arraycopy(numbers, samples[i] * size, picked, i * size, size);
          }
          ElementType type = Objects.requireNonNull(types.get(name));
          arrays.put(
              name,
              type.isFloating()
                  ? DataArray.ofFloats(type, floats(picked), shape)
                  : DataArray.ofLongs(
                      type, Arrays.stream(picked).mapToLong(v -> (long) v).toArray(), shape));
        });
    return new Batch(samples, arrays);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Override
  public Batches read(int[] samples, int size) {
    return Batches.of(samples, size, this::batch);
  }
}
