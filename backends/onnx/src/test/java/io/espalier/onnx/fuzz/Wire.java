package io.espalier.onnx.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * A value of a random network.
 *
 * @param name its name
 * @param dims its shape, the batch first; a dimension that the model leaves open is minus the
 *     length that it has when the network is run
 */
record Wire(String name, List<Long> dims) {
  Wire {
    dims = List.copyOf(dims);
  }

  int rank() {
    return dims.size();
  }

  /** A dimension; negative ones count from the end. */
  long dim(int axis) {
    return dims.get(axis < 0 ? axis + dims.size() : axis);
  }

  /** The length of a dimension when the network is run. */
  long length(int axis) {
    return Math.abs(dim(axis));
  }

  /** How many elements it has when the network is run. */
  long size() {
    return Math.abs(product(dims));
  }

  /** The length of several dimensions that become one, open where one of them is. */
  static long product(List<Long> dims) {
    long product = dims.stream().reduce(1L, (a, b) -> a * Math.abs(b));
    return dims.stream().allMatch(dim -> dim > 0) ? product : -product;
  }

  /** Whether a dimension is a number in the model. */
  boolean isFixed(int axis) {
    return dim(axis) > 0;
  }

  boolean isImage() {
    return rank() == 4;
  }

  boolean isTokens() {
    return rank() == 3;
  }

  boolean isRows() {
    return rank() == 2;
  }

  /** The shape with another length on one axis. */
  List<Long> with(int axis, long length) {
    List<Long> changed = new ArrayList<>(dims);
    changed.set(axis, length);
    return changed;
  }
}
