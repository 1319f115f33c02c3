package io.espalier.onnx.calibrate;

import io.espalier.onnx.build.OnnxGraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

/** Random parameters of a network, with units among them that contribute nothing. */
final class Planted {
  private final Random random;
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final List<Integer> originals = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private boolean plants = true;
  private int removed;
  private int deadOnes;
  private int doubles;

  Planted(long seed) {
    this.random = new Random(seed);
  }

  /** The same with nothing planted. */
  Planted without() {
    plants = false;
    return this;
  }

  /**
   * A width of a network.
   *
   * @param units how many there are
   * @param makers weights along whose first axis they are made
   * @param shifts what is added to each
   * @param scales what each is multiplied with
   * @param readers weights along whose second axis they are summed over
   * @param madeAlong the axis of the makers
   * @param readAlong the axis of the readers
   * @param first the index of the first unit along that axis
   */
  record Width(
      int units,
      List<String> makers,
      List<String> shifts,
      List<String> scales,
      List<String> readers,
      int madeAlong,
      int readAlong,
      int first) {
    Width(
        int units,
        List<String> makers,
        List<String> shifts,
        List<String> scales,
        List<String> readers) {
      this(units, makers, shifts, scales, readers, 0, 1, 0);
    }

    /** Weights lie the other way round. */
    Width columns() {
      return new Width(units, makers, shifts, scales, readers, 1, 0, first);
    }

    /** Those of the makers do. */
    Width columnsToRows() {
      return new Width(units, makers, shifts, scales, readers, 1, 1, first);
    }

    /** Readers read it behind others. */
    Width from(int index) {
      return new Width(units, makers, shifts, scales, readers, madeAlong, readAlong, index);
    }
  }

  Planted random(String name, int... shape) {
    float[] numbers = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (0.3 * random.nextGaussian());
    }
    values.put(name, numbers);
    shapes.put(name, shape);
    return this;
  }

  Planted ones(String name, int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    values.put(name, ones);
    shapes.put(name, new int[] {count});
    return this;
  }

  String add(OnnxGraphBuilder b, String name) {
    int[] shape = Objects.requireNonNull(shapes.get(name));
    return b.floats(
        name,
        Objects.requireNonNull(values.get(name)),
        Arrays.stream(shape).asLongStream().toArray());
  }

  /** Plants up to three units that nothing reads, two dead ones and two doubles in each width. */
  void plant(Width... all) {
    for (Width width : all) {
      List<Integer> units = new ArrayList<>(IntStream.range(0, width.units()).boxed().toList());
      Collections.shuffle(units, random);
      int unread = plants ? random.nextInt(4) : 0;
      int dead = plants ? random.nextInt(3) : 0;
      int twins = plants ? random.nextInt(3) : 0;
      units.subList(0, unread).forEach(unit -> unread(width, unit));
      units.subList(unread, unread + dead).forEach(unit -> dead(width, unit));
      for (int i = 0; i < twins; i++) {
        twin(width, units.get(unread + dead + 2 * i), units.get(unread + dead + 2 * i + 1));
      }
      text.append(width.units()).append(" units, ").append(unread).append(" unread, ");
      text.append(dead).append(" dead, ").append(twins).append(" doubles; ");
      removed += unread + dead + twins;
      doubles += twins;
      deadOnes += dead;
      originals.add(width.units());
      widths.add(width.units() - unread - dead - twins);
    }
  }

  private void unread(Width width, int unit) {
    for (String reader : width.readers()) {
      set(reader, width.readAlong(), width.first() + unit, 0);
    }
  }

  private void dead(Width width, int unit) {
    width.makers().forEach(maker -> set(maker, width.madeAlong(), unit, 0));
    width.shifts().forEach(shift -> set(shift, 0, unit, 0));
  }

  private void twin(Width width, int unit, int twin) {
    width.makers().forEach(maker -> copy(maker, width.madeAlong(), unit, twin));
    width.shifts().forEach(shift -> copy(shift, 0, unit, twin));
    width.scales().forEach(scale -> copy(scale, 0, unit, twin));
  }

  private void set(String name, int axis, int index, float value) {
    float[] numbers = Objects.requireNonNull(values.get(name));
    for (int i : places(name, axis, index)) {
      numbers[i] = value;
    }
  }

  private void copy(String name, int axis, int from, int to) {
    float[] numbers = Objects.requireNonNull(values.get(name));
    int[] source = places(name, axis, from);
    int[] target = places(name, axis, to);
    for (int i = 0; i < source.length; i++) {
      numbers[target[i]] = numbers[source[i]];
    }
  }

  private int[] places(String name, int axis, int index) {
    int[] shape = Objects.requireNonNull(shapes.get(name));
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int run = inner;
    return IntStream.range(0, Objects.requireNonNull(values.get(name)).length)
        .filter(i -> i / run % shape[axis] == index)
        .toArray();
  }

  /** How many units each width has. */
  List<Integer> originals() {
    return originals;
  }

  /** How many of them do something. */
  List<Integer> widths() {
    return widths;
  }

  int removed() {
    return removed;
  }

  int dead() {
    return deadOnes;
  }

  int doubles() {
    return doubles;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
