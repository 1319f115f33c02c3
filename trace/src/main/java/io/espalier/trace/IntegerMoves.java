package io.espalier.trace;

import static io.espalier.trace.ShapeArithmetic.bound;
import static io.espalier.trace.ShapeArithmetic.ints;
import static io.espalier.trace.ShapeArithmetic.isData;
import static io.espalier.trace.ShapeArithmetic.numbers;
import static io.espalier.trace.ShapeArithmetic.size;

import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that move the elements of small integer tensors about, without computing new ones. */
final class IntegerMoves {
  /**
   * Tensors of several axes are followed up to this size: exporters compute the amounts of a Pad
   * with them. Larger ones are data, such as a quantised weight that is transposed.
   */
  private static final int MOST_IN_TABLES = 64;

  private IntegerMoves() {}

  private static @Nullable Ints moved(Node node) {
    Ints x = ints(node, 0);
    return x != null && x.shape().size() > 1 && x.size() > MOST_IN_TABLES ? null : x;
  }

  static @Nullable Ints flatten(Node node) {
    Ints x = ints(node, 0);
    if (x == null) {
      return null;
    }
    int rank = x.shape().size();
    int axis = bound(node.axis("axis", 1, rank), rank);
    int outer = (int) size(x.shape().subList(0, axis));
    int inner = (int) size(x.shape().subList(axis, rank));
    return new Ints(List.of(outer, inner), x.elements());
  }

  static @Nullable Ints gather(Node node) {
    Ints x = moved(node);
    Ints indices = ints(node, 1);
    int rank = x == null ? 0 : x.shape().size();
    int axis = node.axis("axis", 0, rank);
    if (x == null || indices == null || !numbers(indices) || axis < 0 || axis >= rank) {
      return null;
    }
    int n = x.shape().get(axis);
    int[] at = new int[indices.size()];
    for (int i = 0; i < at.length; i++) {
      long index = indices.value(i) < 0 ? indices.value(i) + n : indices.value(i);
      if (index < 0 || index >= n) {
        return null;
      }
      at[i] = (int) index;
    }
    List<Integer> shape = new ArrayList<>(x.shape().subList(0, axis));
    shape.addAll(indices.shape());
    shape.addAll(x.shape().subList(axis + 1, rank));
    return new Ints(shape, pick(x, axis, at).elements());
  }

  /** The elements at some positions of one axis. */
  private static Ints pick(Ints x, int axis, int[] at) {
    int outer = (int) size(x.shape().subList(0, axis));
    int inner = (int) size(x.shape().subList(axis + 1, x.shape().size()));
    List<Element> picked = new ArrayList<>(outer * at.length * inner);
    for (int i = 0; i < outer; i++) {
      for (int index : at) {
        int from = (i * x.shape().get(axis) + index) * inner;
        picked.addAll(x.elements().subList(from, from + inner));
      }
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, at.length);
    return new Ints(shape, picked);
  }

  static @Nullable Ints slice(Node node) {
    Ints x = moved(node);
    Ints starts = node.ints("starts", 1).orElse(null);
    Ints ends = node.ints("ends", 2).orElse(null);
    if (x == null
        || starts == null
        || ends == null
        || !numbers(starts)
        || !numbers(ends)
        || isData(node, 3)
        || isData(node, 4)) {
      return null;
    }
    int count = starts.size();
    Ints axes = node.ints("axes", 3).orElse(NodeView.ints(upTo(count, i -> i)));
    Ints steps = node.ints("steps", 4).orElse(NodeView.ints(upTo(count, i -> 1)));
    if (!numbers(axes)
        || !numbers(steps)
        || ends.size() != count
        || axes.size() != count
        || steps.size() != count) {
      return null;
    }
    Ints result = x;
    for (int i = 0; i < count; i++) {
      int rank = x.shape().size();
      long axis = axes.value(i) < 0 ? axes.value(i) + rank : axes.value(i);
      if (axis < 0 || axis >= rank || steps.value(i) == 0) {
        return null;
      }
      int n = result.shape().get((int) axis);
      result = pick(result, (int) axis, range(starts.value(i), ends.value(i), steps.value(i), n));
    }
    return result;
  }

  private static long[] upTo(int count, IntUnaryOperator value) {
    return IntStream.range(0, count).map(value).asLongStream().toArray();
  }

  private static int[] range(long from, long to, long by, int n) {
    long step = Math.max(-n, Math.min(n, by));
    if (n == 0) {
      return new int[0];
    }
    long start = clamp(from, n, 0, step > 0 ? n : n - 1);
    long end = clamp(to, n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
    IntStream.Builder at = IntStream.builder();
    for (long i = start; step > 0 ? i < end : i > end; i += step) {
      at.add((int) i);
    }
    return at.build().toArray();
  }

  private static long clamp(long index, int n, long low, long high) {
    long at = index < 0 && index >= -n ? index + n : index;
    return Math.max(low, Math.min(high, at));
  }

  static @Nullable Ints transpose(Node node) {
    Ints x = moved(node);
    if (x == null) {
      return null;
    }
    int rank = x.shape().size();
    long[] order = node.attributes().numbers("perm").orElse(upTo(rank, i -> rank - 1 - i));
    long[] sorted = order.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(sorted, upTo(rank, i -> i))) {
      return null;
    }
    List<Integer> shape = new ArrayList<>();
    int[] strides = new int[rank];
    for (int i = 0; i < rank; i++) {
      int axis = (int) order[i];
      shape.add(x.shape().get(axis));
      strides[i] = (int) size(x.shape().subList(axis + 1, rank));
    }
    List<Element> moved = new ArrayList<>(x.size());
    for (int at = 0; at < x.size(); at++) {
      int rest = at;
      int from = 0;
      for (int i = rank - 1; i >= 0; i--) {
        from += rest % shape.get(i) * strides[i];
        rest /= shape.get(i);
      }
      moved.add(x.elements().get(from));
    }
    return new Ints(shape, moved);
  }

  static @Nullable Ints concat(Node node) {
    Ints first = ints(node, 0);
    int rank = first == null ? 0 : first.shape().size();
    int axis = node.axis("axis", 1, rank);
    boolean columns = rank > 1 && first != null && axis == rank - 1 && first.shape().get(axis) == 1;
    if (!columns) { // which are positions, however many
      first = moved(node);
    }
    if (rank == 1) {
      axis = 0;
    }
    if (first == null || axis < 0 || axis >= rank) {
      return null;
    }
    List<Ints> parts = new ArrayList<>();
    int extent = 0;
    for (Value input : node.inputs()) {
      Ints part = input.ints().orElse(null);
      if (part == null || !sameBeside(part.shape(), first.shape(), axis)) {
        return null;
      }
      parts.add(part);
      extent += part.shape().get(axis);
    }
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < size(first.shape().subList(0, axis)); i++) {
      for (Ints part : parts) {
        int run = (int) size(part.shape().subList(axis, rank));
        all.addAll(part.elements().subList(i * run, (i + 1) * run));
      }
    }
    List<Integer> shape = new ArrayList<>(first.shape());
    shape.set(axis, extent);
    return new Ints(shape, all);
  }

  /** Whether two shapes are equal but for one axis. */
  private static boolean sameBeside(List<Integer> a, List<Integer> b, int axis) {
    return a.size() == b.size()
        && a.subList(0, axis).equals(b.subList(0, axis))
        && a.subList(axis + 1, a.size()).equals(b.subList(axis + 1, b.size()));
  }

  static @Nullable Ints unsqueeze(Node node) {
    Ints x = ints(node, 0);
    Ints axes = node.ints("axes", 1).orElse(null);
    if (x == null || !numbers(axes) || axes == null) {
      return null;
    }
    int rank = x.shape().size() + axes.size();
    List<Integer> shape = new ArrayList<>(Collections.nCopies(rank, 0));
    for (long axis : axes.values()) {
      long at = axis < 0 ? axis + rank : axis;
      if (at < 0 || at >= rank) {
        return null;
      }
      shape.set((int) at, 1);
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (shape.get(i) == 0) {
        shape.set(i, x.shape().get(next++));
      }
    }
    return new Ints(shape, x.elements());
  }

  static @Nullable Ints squeeze(Node node) {
    Ints x = ints(node, 0);
    if (x == null || isData(node, 1)) {
      return null;
    }
    Ints axes = node.ints("axes", 1).orElse(null);
    List<Integer> shape = new ArrayList<>();
    int rank = x.shape().size();
    for (int i = 0; i < rank; i++) {
      int axis = i;
      boolean named =
          axes == null
              ? x.shape().get(i) == 1
              : Arrays.stream(axes.values()).anyMatch(a -> (a < 0 ? a + rank : a) == axis);
      if (!named) {
        shape.add(x.shape().get(i));
      }
    }
    return size(shape) == x.size() ? new Ints(shape, x.elements()) : null;
  }

  static @Nullable Ints reshape(Node node) {
    Ints x = ints(node, 0);
    Ints to = ints(node, 1);
    if (x == null || !numbers(to) || to == null) {
      return null;
    }
    boolean copies = node.attributes().number("allowzero", 0) == 0;
    List<Integer> shape = new ArrayList<>();
    int open = -1;
    long known = 1;
    for (int i = 0; i < to.size(); i++) {
      long n = to.value(i);
      if (copies && n == 0 && i < x.shape().size()) {
        n = x.shape().get(i);
      }
      if (n == -1) {
        open = i;
      } else {
        known *= n;
      }
      shape.add((int) n);
    }
    if (open >= 0 && known > 0) {
      shape.set(open, (int) (x.size() / known));
    }
    return size(shape) == x.size() && !shape.contains(-1) ? new Ints(shape, x.elements()) : null;
  }
}
