package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.trace.GraphNode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Brings arrays into matrices: a row for each place, a column for each channel. */
final class Rows {
  private Rows() {}

  /**
   * Some rows of an array: every so manieth place of each sample where channels are the second axis
   * of several, of all samples together elsewhere.
   *
   * @param axis of the channels
   * @param step 1 for all rows
   */
  static NDArray some(NDArray x, int axis, int step) {
    long[] shape = x.getShape().getShape();
    if (axis != 1 || shape.length < 3 || step == 1) {
      return thin(of(x, axis), step);
    }
    return of(thinPlaces(x, step), axis);
  }

  /** Every so manieth place of each sample, [samples, channels, places]. */
  private static NDArray thinPlaces(NDArray x, int step) {
    NDArray places = x.reshape(new Shape(x.getShape().get(0), x.getShape().get(1), -1));
    long count = places.getShape().get(2);
    return step == 1 ? places : places.get(new NDIndex().addAllDim(2).addSliceDim(0, count, step));
  }

  /** Some of what lies along the first axis. */
  static NDArray samples(NDArray x, long from, long to) {
    return from == 0 && to == x.getShape().get(0) ? x : x.get(new NDIndex().addSliceDim(from, to));
  }

  /**
   * Rows of an array.
   *
   * @param axis of the channels
   */
  static NDArray of(NDArray x, int axis) {
    int rank = x.getShape().dimension();
    NDArray last = x;
    if (axis != rank - 1) {
      int[] order = new int[rank];
      int at = 0;
      for (int i = 0; i < rank; i++) {
        if (i != axis) {
          order[at++] = i;
        }
      }
      order[at] = axis;
      last = x.transpose(order);
    }
    return last.reshape(new Shape(-1, x.getShape().get(axis)));
  }

  /** Every so manieth row, from the first one on. */
  static NDArray thin(NDArray rows, int step) {
    return step == 1 ? rows : rows.get(new NDIndex().addSliceDim(0, rows.getShape().get(0), step));
  }

  /** A mask as a column of doubles; null where the name is empty. */
  static @Nullable NDArray mask(String name, ObservedTensors tensors) {
    return name.isEmpty() ? null : doubles(tensors.get(name)).reshape(new Shape(-1, 1));
  }

  /**
   * Some rows of an array in doubles, all zero where a mask is.
   *
   * @param mask a number for each row; null where all count
   */
  static NDArray masked(NDArray data, int axis, @Nullable NDArray mask, int step) {
    if (mask == null) {
      return doubles(some(data, axis, step));
    }
    return doubles(thin(of(data, axis), step)).mul(thin(mask, step));
  }

  /** Some of the columns. */
  static NDArray columns(NDArray rows, int... kept) {
    NDArray indices = rows.getManager().create(kept);
    return rows.get(new NDIndex().addAllDim().addIndices("{}", indices));
  }

  static NDArray doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, false);
  }

  /**
   * What the window of a convolution covers at each place, as channels: channel by channel, in each
   * the elements of the window in row-major order.
   *
   * @param x what it reads, [samples, channels, space...]
   * @param step only every so manieth place of each sample is kept
   * @param window the extents of the window
   * @return [samples, channels x window, places]
   */
  static NDArray patches(NDArray x, GraphNode convolution, int step, long... window) {
    int spatial = window.length;
    long[] ones = new long[spatial];
    Arrays.fill(ones, 1);
    long[] strides = convolution.attributes().numbers("strides").orElse(ones);
    long[] dilations = convolution.attributes().numbers("dilations").orElse(ones);
    long[] pads = convolution.attributes().numbers("pads").orElse(new long[2 * spatial]);
    NDArray padded = padded(x, pads);
    long[] shape = new long[spatial + 2];
    shape[0] = x.getShape().get(0);
    int places = 1;
    for (int i = 0; i < spatial; i++) {
      long covered = dilations[i] * (window[i] - 1) + 1;
      shape[i + 2] = (padded.getShape().get(i + 2) - covered) / strides[i] + 1;
      places *= Math.toIntExact(window[i]);
    }
    NDList shifted = new NDList();
    for (int place = 0; place < places; place++) {
      NDIndex index = new NDIndex().addAllDim(2);
      long rest = place;
      long[] from = new long[spatial];
      for (int i = spatial - 1; i >= 0; i--) {
        from[i] = rest % window[i] * dilations[i];
        rest /= window[i];
      }
      for (int i = 0; i < spatial; i++) {
        index.addSliceDim(from[i], from[i] + (shape[i + 2] - 1) * strides[i] + 1, strides[i]);
      }
      shifted.add(thinPlaces(padded.get(index), step));
    }
    return NDArrays.stack(shifted, 2)
        .reshape(new Shape(shape[0], x.getShape().get(1) * places, -1));
  }

  /**
   * Puts zeros around what lies in space.
   *
   * @param pads how many before each axis, then how many behind each
   */
  private static NDArray padded(NDArray x, long... pads) {
    int spatial = pads.length / 2;
    NDArray padded = x;
    for (int i = 0; i < spatial; i++) {
      NDList parts = new NDList(padded);
      long[] shape = padded.getShape().getShape().clone();
      if (pads[i] > 0) {
        shape[i + 2] = pads[i];
        parts.add(0, x.getManager().zeros(new Shape(shape), x.getDataType()));
      }
      if (pads[spatial + i] > 0) {
        shape[i + 2] = pads[spatial + i];
        parts.add(x.getManager().zeros(new Shape(shape), x.getDataType()));
      }
      padded = parts.size() == 1 ? padded : NDArrays.concat(parts, i + 2);
    }
    return padded;
  }
}
