package io.espalier.modules.operators;

import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Elements of an axis that are picked by positions which are constants, where these spell something
 * simpler: ranges of the axis one after another, or of its factors in another order. Anything else
 * is not understood.
 */
final class Picks {
  private static final int MOST_RANGES = 16;

  private final Typing t;
  private final Axis axis;
  private final int[] shape;
  private final long[] values;

  private Picks(Typing t, Axis axis, int[] shape, long[] values) {
    this.t = t;
    this.axis = axis;
    this.shape = shape;
    this.values = values;
  }

  /**
   * What is picked, with the shape of the positions; empty where they are not constants, or spell
   * nothing that is known. The axis is cut where a range begins and ends.
   *
   * @param positions the input that holds the positions
   * @param rank how many of its axes count; those behind them have one element
   */
  static Optional<List<Axis>> of(Typing t, Axis axis, Value positions, int rank) {
    Optional<Ints> ints = constants(positions);
    if (ints.isEmpty() || ints.get().size() == 0 || rank == 0) {
      return Optional.empty();
    }
    long n = axis.extent();
    long[] values = ints.get().values();
    for (int i = 0; i < values.length; i++) {
      values[i] += values[i] < 0 ? n : 0;
      if (values[i] < 0 || values[i] >= n) {
        return Optional.empty();
      }
    }
    int[] shape = ints.get().shape().stream().limit(rank).mapToInt(Integer::intValue).toArray();
    Picks picks = new Picks(t, axis, shape, values);
    return picks.factors().or(picks::ranges);
  }

  /** The elements of an input, if they are known. */
  static Optional<Ints> constants(Value input) {
    return input.ints().filter(ints -> ints.shape().size() == input.rank());
  }

  /** Ranges of factors of the axis, in any order: a view by strides. */
  private Optional<List<Axis>> factors() {
    long[] strides = strides();
    List<Integer> order =
        IntStream.range(0, shape.length)
            .filter(i -> shape[i] > 1)
            .boxed()
            .sorted(Comparator.comparingLong(i -> -strides[i]))
            .toList();
    if (order.isEmpty() || !isView(strides)) {
      return Optional.empty();
    }
    long[] extents = new long[order.size() + 1];
    long outer = axis.extent();
    for (int i = 0; i < order.size(); i++) {
      long stride = strides[order.get(i)];
      if (stride < 1 || outer % stride != 0) {
        return Optional.empty();
      }
      extents[i] = outer / stride;
      outer = stride;
    }
    extents[order.size()] = outer;
    long rest = values[0];
    long inner = axis.extent();
    long[] first = new long[extents.length];
    for (int i = 0; i < extents.length; i++) {
      inner /= extents[i];
      first[i] = rest / inner;
      rest %= inner;
      if (i < order.size() && first[i] + shape[order.get(i)] > extents[i]) {
        return Optional.empty();
      }
    }
    List<Axis> factors = t.factor(axis, extents);
    Axis[] picked = new Axis[shape.length];
    Arrays.fill(picked, t.fixed(1));
    for (int i = 0; i < order.size(); i++) {
      picked[order.get(i)] = range(factors.get(i), first[i], shape[order.get(i)]);
    }
    t.freeze(factors.get(order.size()), "one element of each run is picked from it by index");
    return Optional.of(List.of(picked));
  }

  private long[] strides() {
    long[] strides = new long[shape.length];
    int step = values.length;
    for (int i = 0; i < shape.length; i++) {
      step /= shape[i];
      strides[i] = shape[i] > 1 ? values[step] - values[0] : 0;
    }
    return strides;
  }

  private boolean isView(long[] strides) {
    int[] place = new int[shape.length];
    for (long value : values) {
      long expected = values[0];
      for (int i = 0; i < place.length; i++) {
        expected += place[i] * strides[i];
      }
      if (value != expected) {
        return false;
      }
      for (int i = place.length - 1; i >= 0 && ++place[i] == shape[i]; i--) {
        place[i] = 0;
      }
    }
    return true;
  }

  private Axis range(Axis whole, long from, long size) {
    long after = whole.extent() - from - size;
    long[] sizes = LongStream.of(from, size, after).filter(n -> n > 0).toArray();
    return t.split(whole, sizes).get(from > 0 ? 1 : 0);
  }

  /** Ranges of the axis, one after another. */
  private Optional<List<Axis>> ranges() {
    if (Arrays.stream(shape).filter(n -> n > 1).count() > 1) {
      return Optional.empty();
    }
    List<Axis> parts = new ArrayList<>();
    List<long[]> ranges = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last == null || values[i] != last[0] + last[1]) {
        ranges.add(new long[] {values[i], 1});
      } else {
        last[1]++;
      }
    }
    boolean single = ranges.stream().noneMatch(range -> range[1] > 1) && ranges.size() > 1;
    if (ranges.size() > MOST_RANGES || single) {
      return Optional.empty();
    }
    ranges.forEach(range -> parts.add(range(axis, range[0], range[1])));
    List<Axis> picked = new ArrayList<>();
    for (int i = 0, last = longest(); i < shape.length; i++) {
      picked.add(i == last ? t.concat(parts) : t.fixed(1));
    }
    return Optional.of(picked);
  }

  private int longest() {
    int longest = 0;
    for (int i = 0; i < shape.length; i++) {
      longest = shape[i] > shape[longest] ? i : longest;
    }
    return longest;
  }
}
