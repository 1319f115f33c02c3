package io.espalier.onnx.runtime;

import io.espalier.core.values.Saturated;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic of shapes: what operators make of them. Null where an argument is null, or they do not
 * fit; a length that no number can hold is the largest there is.
 */
final class Shapes {
  private Shapes() {}

  static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** A product that stays at the largest number where it would be larger. */
  static long product(long a, long b) {
    return Saturated.times(Math.max(0, a), Math.max(0, b));
  }

  static long elements(long[] shape) {
    long product = 1;
    for (long length : shape) {
      product = product(product, length);
    }
    return product;
  }

  static long @Nullable [] positive(long @Nullable [] shape) {
    return shape == null || Arrays.stream(shape).anyMatch(length -> length < 0) ? null : shape;
  }

  static long @Nullable [] combined(
      long @Nullable [] shape, long @Nullable [] factors, LongBinaryOperator operator) {
    if (shape == null || factors == null || shape.length != factors.length) {
      return null;
    }
    long[] result = new long[shape.length];
    Arrays.setAll(result, i -> operator.applyAsLong(shape[i], factors[i]));
    return result;
  }

  static long @Nullable [] broadcast(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null) {
      return null;
    }
    long[] result = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= result.length; i++) {
      long one = i <= a.length ? a[a.length - i] : 1;
      long other = i <= b.length ? b[b.length - i] : 1;
      result[result.length - i] = one == 1 ? other : one;
    }
    return result;
  }

  static long @Nullable [] pad(long @Nullable [] shape, long @Nullable [] pads) {
    if (shape == null || pads == null || pads.length != 2 * shape.length) {
      return null;
    }
    long[] result = new long[shape.length];
    Arrays.setAll(
        result,
        i ->
            Saturated.plus(
                Saturated.plus(shape[i], Math.max(0, pads[i])),
                Math.max(0, pads[shape.length + i])));
    return result;
  }

  /**
   * At most what a Slice leaves: longer steps count as 1, and an axis that is read backwards as a
   * whole.
   */
  static long @Nullable [] slice(
      long @Nullable [] shape,
      long @Nullable [] starts,
      long @Nullable [] ends,
      long @Nullable [] axes,
      long @Nullable [] steps) {
    if (shape == null || starts == null || ends == null || starts.length != ends.length) {
      return null;
    }
    long[] result = shape.clone();
    for (int i = 0; i < starts.length; i++) {
      long axis = axes == null ? i : i < axes.length ? axes[i] : shape.length;
      int place = (int) (axis < 0 ? axis + shape.length : Math.min(axis, shape.length));
      if (place < 0 || place >= shape.length) {
        return null;
      }
      boolean forward = steps == null || i >= steps.length || steps[i] > 0;
      if (forward) {
        long length = shape[place];
        long from = within(starts[i], length);
        result[place] = Math.max(0, within(ends[i], length) - from);
      }
    }
    return result;
  }

  private static long within(long position, long length) {
    return Math.max(0, Math.min(length, position < 0 ? position + length : position));
  }

  static long @Nullable [] flatten(long @Nullable [] shape, long axis) {
    if (shape == null || axis < -shape.length || axis > shape.length) {
      return null;
    }
    int place = (int) (axis < 0 ? axis + shape.length : axis);
    long[] result = {1, 1};
    for (int i = 0; i < shape.length; i++) {
      result[i < place ? 0 : 1] = product(result[i < place ? 0 : 1], shape[i]);
    }
    return result;
  }

  static long @Nullable [] reshape(long @Nullable [] shape, long @Nullable [] target) {
    if (shape == null || target == null) {
      return null;
    }
    long[] result = target.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 0 && i < shape.length) {
        result[i] = shape[i];
      }
      if (result[i] < 0) {
        open = i;
      } else {
        known = product(known, result[i]);
      }
    }
    if (open >= 0) {
      result[open] = known == 0 ? 0 : elements(shape) / known;
    }
    // what does not fit is no shape
    return elements(result) <= elements(shape) ? result : null;
  }

  static long @Nullable [] matrixProduct(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null || a.length < 2 || b.length < 2) {
      return null;
    }
    long[] batch = broadcast(Arrays.copyOf(a, a.length - 2), Arrays.copyOf(b, b.length - 2));
    if (batch == null) {
      return null;
    }
    long[] result = Arrays.copyOf(batch, batch.length + 2);
    result[batch.length] = a[a.length - 2];
    result[batch.length + 1] = b[b.length - 1];
    return result;
  }

  static long @Nullable [] transpose(long @Nullable [] shape, long @Nullable [] order) {
    if (shape == null) {
      return null;
    }
    long[] result = new long[shape.length];
    for (int i = 0; i < result.length; i++) {
      long from = order == null ? result.length - 1 - i : i < order.length ? order[i] : -1;
      if (from < 0 || from >= shape.length) {
        return null;
      }
      result[i] = shape[(int) from];
    }
    return result;
  }

  /**
   * As if no position were lost. Strides and padding are not looked at, so a result that seems
   * larger than what it is made of may not be: it counts as unknown.
   */
  static long @Nullable [] convolution(long @Nullable [] x, long @Nullable [] weight) {
    if (x == null || weight == null || x.length < 2 || weight.length < 2) {
      return null;
    }
    long[] result = x.clone();
    result[1] = weight[0];
    return elements(result) <= elements(x) ? result : null;
  }

  static long @Nullable [] unsqueeze(long @Nullable [] shape, long @Nullable [] axes) {
    if (shape == null || axes == null) {
      return null;
    }
    long[] result = new long[shape.length + axes.length];
    for (long axis : axes) {
      long place = axis < 0 ? axis + result.length : axis;
      if (place < 0 || place >= result.length) {
        return null;
      }
      result[(int) place] = 1;
    }
    int next = 0;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 0) {
        if (next == shape.length) {
          return null;
        }
        result[i] = shape[next++];
      }
    }
    return result;
  }

  static long @Nullable [] squeeze(long @Nullable [] shape, long @Nullable [] axes) {
    if (shape == null) {
      return null;
    }
    List<Long> gone = new ArrayList<>();
    if (axes != null) {
      Arrays.stream(axes).forEach(axis -> gone.add(axis < 0 ? axis + shape.length : axis));
    }
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] != 1 || (axes != null && !gone.contains((long) i))) {
        kept.add(shape[i]);
      }
    }
    return longs(kept);
  }

  static long @Nullable [] paired(
      long @Nullable [] a, long @Nullable [] b, LongBinaryOperator operator) {
    if (a == null || b == null) {
      return null;
    }
    long[] one = a.length == 1 ? repeated(a[0], b.length) : a;
    long[] other = b.length == 1 ? repeated(b[0], a.length) : b;
    return combined(one, other, operator);
  }

  private static long[] repeated(long value, int count) {
    long[] values = new long[count];
    Arrays.fill(values, value);
    return values;
  }
}
