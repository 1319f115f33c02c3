package io.espalier.onnx.verify;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares tensors that are stored, byte by byte. */
final class StoredSlices {
  private static final int MOST_SUBSETS = 2000;

  /** How many slices are tried of one tensor, over all its axes. */
  private static final int MOST_SLICES = 20_000;

  private StoredSlices() {}

  /**
   * Whether a tensor is a slice of another.
   *
   * @param keep the kept indices of each axis that was cut
   */
  static boolean isSlice(OnnxTensor whole, OnnxTensor part, Map<Integer, List<Integer>> keep) {
    if (whole.dataType() != part.dataType() || !fits(whole.dims(), part.dims(), keep)) {
      return false;
    }
    return slice(whole, keep).equals(part.bytes());
  }

  /** The elements of a slice, little-endian and row-major. */
  static ByteBuffer slice(OnnxTensor whole, Map<Integer, List<Integer>> keep) {
    if (keep.isEmpty()) {
      return whole.bytes();
    }
    List<int @Nullable []> kept = new ArrayList<>();
    for (int axis = 0; axis < whole.rank(); axis++) {
      List<Integer> indices = keep.get(axis);
      kept.add(indices == null ? null : indices.stream().mapToInt(Integer::intValue).toArray());
    }
    try {
      return TensorSource.gather(whole, whole.name(), kept).toDirectBuffer();
    } catch (IOException e) {
      throw new OnnxFileException("cannot read '" + whole.name() + "': " + e.getMessage(), e);
    }
  }

  private static boolean fits(long[] whole, long[] part, Map<Integer, List<Integer>> keep) {
    if (!fits(whole, keep)) {
      return false;
    }
    long[] expected = whole.clone();
    keep.forEach((axis, kept) -> expected[axis] = kept.size());
    return Arrays.equals(expected, part);
  }

  /** Whether kept indices lie inside a tensor of these dimensions. */
  static boolean fits(long[] whole, Map<Integer, List<Integer>> keep) {
    return keep.entrySet().stream()
        .allMatch(
            kept ->
                kept.getKey() >= 0
                    && kept.getKey() < whole.length
                    && kept.getValue().stream()
                        .allMatch(index -> index >= 0 && index < whole[kept.getKey()]));
  }

  /**
   * Whether a tensor may be a slice of another: by which indices, nobody says of parameters that
   * others are computed from. Where two axes or more were cut, and there are too many ways to, it
   * may be by others than can be tried.
   */
  static boolean isSomeSlice(OnnxTensor whole, OnnxTensor part, Set<List<Integer>> keptSets) {
    return whole.rank() == part.rank()
        && whole.dataType() == part.dataType()
        && isSomeSlice(whole, part, keptSets, 0, new TreeMap<>(), MOST_SLICES);
  }

  private static boolean isSomeSlice(
      OnnxTensor whole,
      OnnxTensor part,
      Set<List<Integer>> keptSets,
      int axis,
      Map<Integer, List<Integer>> keep,
      int most) {
    if (axis == whole.rank()) {
      return isSlice(whole, part, keep);
    }
    if (whole.dim(axis) == part.dim(axis)) {
      return isSomeSlice(whole, part, keptSets, axis + 1, keep, most);
    }
    boolean last = true;
    for (int other = axis + 1; other < whole.rank(); other++) {
      last &= whole.dim(other) == part.dim(other);
    }
    if (last) {
      return isSubsequence(slice(whole, keep), whole.dim(axis), part, axis);
    }
    List<List<Integer>> candidates = new ArrayList<>();
    int limit = Math.min(MOST_SUBSETS, most);
    int extent = Math.toIntExact(whole.dim(axis));
    subsets(extent, (int) part.dim(axis), limit, List.of(), candidates);
    boolean all = candidates.size() < limit;
    if (!all) {
      candidates.clear();
      keptSets.stream()
          .filter(kept -> kept.size() == part.dim(axis))
          .filter(kept -> kept.get(kept.size() - 1) < whole.dim(axis))
          .forEach(candidates::add);
    }
    int each = Math.max(1, most / Math.max(1, candidates.size()));
    for (List<Integer> kept : candidates) {
      keep.put(axis, kept);
      if (isSomeSlice(whole, part, keptSets, axis + 1, keep, each)) {
        return true;
      }
      keep.remove(axis);
    }
    return !all;
  }

  /** Sets of so many indices, ascending; not all of them where there are many. */
  private static void subsets(
      int extent, int size, int most, List<Integer> begun, List<List<Integer>> subsets) {
    if (begun.size() == size) {
      subsets.add(begun);
      return;
    }
    int first = begun.isEmpty() ? 0 : begun.get(begun.size() - 1) + 1;
    for (int i = first; i <= extent - size + begun.size(); i++) {
      if (subsets.size() < most) {
        List<Integer> more = new ArrayList<>(begun);
        more.add(i);
        subsets(extent, size, most, more, subsets);
      }
    }
  }

  /** Whether the slices of a tensor along an axis are found among others, in order. */
  private static boolean isSubsequence(ByteBuffer whole, long extent, OnnxTensor part, int axis) {
    int inner = part.elementSize();
    for (int i = axis + 1; i < part.rank(); i++) {
      inner *= (int) part.dim(i);
    }
    ByteBuffer elements = part.bytes();
    int own = (int) part.dim(axis);
    int outer = own == 0 || inner == 0 ? 0 : elements.remaining() / own / inner;
    int found = 0;
    for (int i = 0; i < extent && found < own; i++) {
      boolean equal = true;
      for (int o = 0; o < outer && equal; o++) {
        equal =
            whole
                .slice((o * (int) extent + i) * inner, inner)
                .equals(elements.slice((o * own + found) * inner, inner));
      }
      found += equal ? 1 : 0;
    }
    return found == own;
  }

  /**
   * Whether small integers may be others with widths that were cut: each is what it was, or nearer
   * to zero without reaching it; a zero that copies a size may have to be the size itself. What
   * they must be, only a run tells.
   */
  static boolean mayFollowWidths(OnnxTensor before, OnnxTensor after) {
    return before.dataType() == after.dataType()
        && DataTypes.isInteger(before.dataType())
        && before.dataType() != DataTypes.BOOL
        && before.rank() <= 1
        && Arrays.equals(before.dims(), after.dims())
        && mayFollowWidths(before.longs(), after.longs());
  }

  static boolean mayFollowWidths(long[] before, long[] after) {
    for (int i = 0; i < before.length; i++) {
      boolean follows =
          before[i] == 0
              || (Long.signum(before[i]) == Long.signum(after[i])
                  && Math.abs(after[i]) <= Math.abs(before[i]));
      if (!follows) {
        return false;
      }
    }
    return before.length == after.length;
  }
}
