package io.espalier.onnx.carve;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one use of a constant needs of it: the kept indices of each axis, or new values of some of
 * its integers.
 */
final class Slice {
  private final List<int @Nullable []> keep;
  private final Map<Integer, Long> patches;

  /**
   * A slice.
   *
   * @param keep for each axis the indices to keep; null for all of it
   * @param patches new values of elements, by position
   */
  Slice(List<int @Nullable []> keep, Map<Integer, Long> patches) {
    this.keep = keep;
    this.patches = new TreeMap<>(patches);
  }

  List<int @Nullable []> keep() {
    return keep;
  }

  Map<Integer, Long> patches() {
    return patches;
  }

  /** Whether it is the constant as it stands. */
  boolean isWhole() {
    return patches.isEmpty() && keep.stream().allMatch(kept -> kept == null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Slice slice
        && patches.equals(slice.patches)
        && Arrays.deepEquals(keep.toArray(), slice.keep.toArray());
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(keep.toArray()) + patches.hashCode();
  }
}
