package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/**
 * How far the outputs of two networks are apart, sample after sample; in double, and without
 * keeping the outputs. Not safe for use by several threads at once.
 *
 * <p>Compared are the outputs of floating-point numbers; those of integers only where there are no
 * others. What concerns classes is read from the first output that holds a number for each class of
 * each sample.
 */
public final class OutputComparison {
  private final Map<String, OutputDistance> outputs = new LinkedHashMap<>();
  private final IntFunction<String> describe;
  private Optional<ClassAgreement> classes = Optional.empty();
  private String classOutput = "";
  private final List<Integer> labels;
  private int samples;

  /**
   * A comparison without labels.
   *
   * @param describe how a message names a sample
   */
  public OutputComparison(IntFunction<String> describe) {
    this(describe, new int[0]);
  }

  /**
   * A comparison with labels.
   *
   * @param describe how a message names a sample
   * @param labels the class of each sample of the data, by the sample's position; empty for none
   */
  public OutputComparison(IntFunction<String> describe, int[] labels) {
    this.describe = describe;
    this.labels = Arrays.stream(labels).boxed().toList();
  }

  /**
   * Adds what both networks computed from a batch.
   *
   * @param samples the positions of the samples; where there is one, outputs may have any shape,
   *     else a row for each
   * @param original the outputs of the first network
   * @param small the outputs of the second
   * @throws DataException if they cannot be compared: names or shapes differ, a number is none, or
   *     there are labels that are no classes
   */
  public void add(int[] samples, Map<String, DataArray> original, Map<String, DataArray> small) {
    if (outputs.isEmpty()) {
      choose(samples.length, original, small);
    }
    for (Map.Entry<String, OutputDistance> output : outputs.entrySet()) {
      String name = output.getKey();
      Rows before = Rows.of(array(original, name), samples.length);
      Rows after = Rows.of(array(small, name), samples.length);
      if (!before.sameShape(after)) {
        throw new DataException(
            "output '"
                + name
                + "' is "
                + before
                + " in the original and "
                + after
                + " in the other model for "
                + describe.apply(samples[0])
                + "; outputs of different shapes cannot be compared");
      }
      for (int i = 0; i < samples.length; i++) {
        String sample = describe.apply(samples[i]);
        output.getValue().add(before.row(i), after.row(i), sample);
        if (name.equals(classOutput)) {
          addClasses(samples[i], before.row(i), after.row(i));
        }
      }
    }
    this.samples += samples.length;
  }

  private void choose(int size, Map<String, DataArray> original, Map<String, DataArray> small) {
    if (!original.keySet().equals(small.keySet())) {
      throw new DataException(
          "the original's outputs are "
              + original.keySet()
              + ", and the other model's "
              + small.keySet()
              + "; compare models with the same outputs");
    }
    boolean anyFloats = original.values().stream().anyMatch(DataArray::isFloating);
    original.forEach(
        (name, array) -> {
          if (array.isFloating() == anyFloats) {
            outputs.put(name, new OutputDistance(name));
            if (anyFloats && classOutput.isEmpty() && Rows.of(array, size).classes() > 1) {
              classOutput = name;
              classes = Optional.of(new ClassAgreement());
            }
          }
        });
    if (outputs.isEmpty()) {
      throw new DataException("the models have no outputs that could be compared");
    }
    if (!labels.isEmpty() && classes.isEmpty()) {
      throw new DataException(
          "labels need an output with a number for each class of each sample, and the model has "
              + original
              + "; leave the labels out");
    }
  }

  private void addClasses(int sample, double[] before, double[] after) {
    if (labels.isEmpty()) {
      classes.orElseThrow().add(before, after);
      return;
    }
    if (sample >= labels.size()) {
      throw new DataException(
          "there are " + labels.size() + " labels, and none for " + describe.apply(sample));
    }
    int label = labels.get(sample);
    if (label < 0 || label >= before.length) {
      throw new DataException(
          "the label of "
              + describe.apply(sample)
              + " is "
              + label
              + ", and output '"
              + classOutput
              + "' has the classes 0 to "
              + (before.length - 1));
    }
    classes.orElseThrow().add(before, after, label);
  }

  private static DataArray array(Map<String, DataArray> arrays, String name) {
    DataArray array = arrays.get(name);
    if (array == null) {
      throw new DataException("output '" + name + "' is missing from one of the models");
    }
    return array;
  }

  /** How many samples were compared. */
  public int samples() {
    return samples;
  }

  /** What was found of each output. */
  public List<OutputDistance> outputs() {
    return new ArrayList<>(outputs.values());
  }

  /**
   * The relative error of the output that is farthest off: the root of the summed squares of the
   * differences over that of the original's numbers. 0 where nothing differs.
   */
  public double error() {
    return outputs.values().stream().mapToDouble(OutputDistance::error).max().orElse(0);
  }

  /**
   * The mean cosine between the two outputs of a sample, of the output where it is smallest; empty
   * if no output has several numbers a sample.
   */
  public OptionalDouble cosine() {
    return outputs.values().stream()
        .map(OutputDistance::cosine)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .min();
  }

  /** What was found of the classes; empty if no output tells classes. */
  public Optional<ClassAgreement> classes() {
    return classes;
  }

  /** The numbers of an output, a row for each sample. */
  private record Rows(DataArray array, int rows) {
    static Rows of(DataArray array, int rows) {
      long[] shape = array.shape();
      if (rows > 1 && (shape.length == 0 || shape[0] != rows)) {
        throw new IllegalArgumentException(array + " does not hold a row for each of " + rows);
      }
      return new Rows(array, rows);
    }

    boolean sameShape(Rows other) {
      return Arrays.equals(array.shape(), other.array.shape());
    }

    /** How many numbers a sample has if it is a list of them, dimensions of 1 aside; else 0. */
    int classes() {
      long[] shape = array.shape();
      if (shape.length < 2 || shape[0] != rows) {
        return 0;
      }
      long[] sizes = Arrays.stream(shape).skip(1).filter(size -> size != 1).toArray();
      return sizes.length == 1 ? Math.toIntExact(sizes[0]) : 0;
    }

    double[] row(int index) {
      double[] row = new double[array.size() / rows];
      for (int i = 0; i < row.length; i++) {
        row[i] = array.number(index * row.length + i);
      }
      return row;
    }

    @Override
    public String toString() {
      return array.toString();
    }
  }
}
