package io.espalier.djl.carve;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a parameter that is kept: some indices of each axis. Immutable; gradients reach the
 * whole array through every method but {@link #copy}.
 */
public final class ParameterSlice {
  /** Up to so many runs of indices are put together of views; more are gathered. */
  private static final int FEW_RUNS = 3;

  private final Shape whole;
  private final Shape shape;
  private final List<int @Nullable []> kept;
  private final List<List<Run>> runs = new ArrayList<>();
  private final boolean box;

  /** Indices from one up to, and without, another. */
  private record Run(int from, int to) {}

  /**
   * A slice.
   *
   * @param whole the shape of the parameter
   * @param kept for each axis the indices that are kept, ascending; null for all of them
   */
  ParameterSlice(Shape whole, List<int @Nullable []> kept) {
    this.whole = whole;
    this.kept = new ArrayList<>(kept);
    long[] lengths = whole.getShape().clone();
    boolean views = true;
    for (int axis = 0; axis < lengths.length; axis++) {
      int[] indices = kept.get(axis);
      lengths[axis] = indices == null ? lengths[axis] : indices.length;
      runs.add(indices == null ? List.of() : runs(indices));
      views &= runs.get(axis).size() <= 1;
    }
    this.shape = new Shape(lengths);
    this.box = views;
  }

  private static List<Run> runs(int[] indices) {
    List<Run> runs = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= indices.length; i++) {
      if (i == indices.length || indices[i] != indices[i - 1] + 1) {
        runs.add(new Run(indices[from], indices[i - 1] + 1));
        from = i;
      }
    }
    return List.copyOf(runs);
  }

  /** The shape of what is kept. */
  public Shape shape() {
    return shape;
  }

  /** Whether all of it is kept. */
  public boolean isWhole() {
    return kept.stream().allMatch(indices -> indices == null);
  }

  /** Whether what is kept is one block of the array, so that a view shows it. */
  public boolean isView() {
    return box;
  }

  /** Whether what is kept also lies in one piece in memory. */
  public boolean isContiguous() {
    for (int axis = 1; axis < kept.size(); axis++) {
      if (kept.get(axis) != null && shape.slice(0, axis).size() > 1) {
        return false;
      }
    }
    return box;
  }

  /** For each axis the indices that are kept; null for all of them. */
  List<int @Nullable []> kept() {
    return kept;
  }

  /** Whether another slice keeps the same. */
  public boolean isSame(ParameterSlice other) {
    return whole.equals(other.whole) && Arrays.deepEquals(kept.toArray(), other.kept.toArray());
  }

  /**
   * What is kept of an array: a view where that is possible.
   *
   * @param manager what the result belongs to
   */
  public NDArray of(NDArray array, NDManager manager) {
    NDArray part = array.get(manager, firstRuns());
    for (int axis = 0; axis < kept.size(); axis++) {
      int[] indices = kept.get(axis);
      if (indices != null && runs.get(axis).size() > 1) {
        part =
            runs.get(axis).size() <= FEW_RUNS
                ? joined(part, axis, manager)
                : gathered(part, axis, indices, manager);
      }
    }
    return part;
  }

  /** What is kept of an array, in an array of its own that lies in one piece. */
  public NDArray copy(NDArray array, NDManager manager) {
    NDArray part = isWhole() ? array : of(array, manager);
    if (!isWhole() && !box) {
      return part;
    }
    NDArray copy = part.duplicate();
    copy.attach(manager);
    if (part != array) {
      part.close();
    }
    return copy;
  }

  /** Puts a part in its place in the array it was taken of. */
  public void write(NDArray part, NDArray array) {
    try (NDManager manager = array.getManager().newSubManager()) {
      NDIndex index = new NDIndex();
      int gathered = 0;
      for (int axis = 0; axis < kept.size(); axis++) {
        int[] indices = kept.get(axis);
        if (indices != null && runs.get(axis).size() > 1) {
          index.addIndices("{}", manager.create(indices));
          gathered++;
        } else {
          addRun(index, axis);
        }
      }
      if (gathered > 1) {
        throw new IllegalStateException(
            "only one axis of an array of shape " + whole + " can be written by indices");
      }
      array.set(index, part);
    }
  }

  private NDIndex firstRuns() {
    NDIndex index = new NDIndex();
    for (int axis = 0; axis < kept.size(); axis++) {
      addRun(index, axis);
    }
    return index;
  }

  private void addRun(NDIndex index, int axis) {
    if (runs.get(axis).size() == 1) {
      Run run = runs.get(axis).get(0);
      index.addSliceDim(run.from(), run.to());
    } else {
      index.addAllDim();
    }
  }

  private NDArray joined(NDArray array, int axis, NDManager manager) {
    NDList parts = new NDList();
    for (Run run : runs.get(axis)) {
      parts.add(
          array.get(manager, new NDIndex().addAllDim(axis).addSliceDim(run.from(), run.to())));
    }
    NDArray joined = NDArrays.concat(parts, axis);
    joined.attach(manager);
    return joined;
  }

  /** An embedding gives its gradient back faster than an index does. */
  private static NDArray gathered(NDArray array, int axis, int[] indices, NDManager manager) {
    if (axis > 0) {
      return array.get(
          manager, new NDIndex().addAllDim(axis).addIndices("{}", manager.create(indices)));
    }
    Shape rest = array.getShape().slice(1);
    NDArray at = manager.create(Arrays.stream(indices).asLongStream().toArray());
    NDArray rows = array.reshape(array.getShape().get(0), rest.size());
    rows.attach(manager);
    NDArray found =
        at.getNDArrayInternal().embedding(at, rows, SparseFormat.DENSE).singletonOrThrow();
    found.attach(manager);
    NDArray part = found.reshape(new Shape(indices.length).addAll(rest));
    part.attach(manager);
    return part;
  }
}
