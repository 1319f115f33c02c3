package io.espalier.djl.trace.values;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Arithmetic on shapes. */
public final class Shapes {
  private Shapes() {}

  /** What two shapes are stretched to, right-aligned. */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.dimension(), b.dimension());
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      int x = i - rank + a.dimension();
      int y = i - rank + b.dimension();
      long p = x < 0 ? 1 : a.get(x);
      long q = y < 0 ? 1 : b.get(y);
      if (p != q && p != 1 && q != 1) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not fit each other");
      }
      dims[i] = p == 1 ? q : p;
    }
    return new Shape(dims);
  }

  public static Shape with(Shape shape, int axis, long length) {
    long[] dims = shape.getShape().clone();
    dims[axis] = length;
    return new Shape(dims);
  }

  public static Shape without(Shape shape, int... axes) {
    return new Shape(
        IntStream.range(0, shape.dimension())
            .filter(axis -> Arrays.stream(axes).noneMatch(gone -> gone == axis))
            .mapToLong(shape::get)
            .toArray());
  }

  public static Shape permuted(Shape shape, int... axes) {
    return new Shape(Arrays.stream(axes).mapToLong(shape::get).toArray());
  }

  /** A shape with its -1 filled in. */
  public static Shape resolve(Shape from, long... to) {
    long known = 1;
    int open = -1;
    for (int i = 0; i < to.length; i++) {
      if (to[i] == -1) {
        open = i;
      } else {
        known *= to[i];
      }
    }
    long[] dims = to.clone();
    if (open >= 0) {
      dims[open] = known == 0 ? 0 : from.size() / known;
      known *= dims[open];
    }
    if (known != from.size()) {
      throw new IllegalArgumentException(
          "an array of shape " + from + " cannot be reshaped to " + new Shape(to));
    }
    return new Shape(dims);
  }

  /** The extent that windows leave of one. */
  public static long slide(
      long extent, long kernel, long stride, long pad, long dilation, boolean roundUp) {
    long span = extent + 2 * pad - dilation * (kernel - 1) - 1;
    long windows = (roundUp ? span + stride - 1 : span) / stride + 1;
    // a window that would start in the padding at the end is none
    return roundUp && (windows - 1) * stride >= extent + pad ? windows - 1 : windows;
  }

  public static long[] longs(int... values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  /** The same amounts at both ends of each axis, as ONNX lists them. */
  public static long[] bothEnds(Shape pads) {
    long[] both = Arrays.copyOf(pads.getShape(), 2 * pads.dimension());
    System.arraycopy(both, 0, both, pads.dimension(), pads.dimension());
    return both;
  }
}
