package io.espalier.core.rules;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which sizes a rule allows of windows that are cropped together, such as a kernel. The original
 * size always is.
 */
public final class KernelSizes {
  /** The original size and no other: what a rule that does not speak of sizes means. */
  public static final KernelSizes ORIGINAL = new KernelSizes(false, List.of());

  /** Every size that the layer can have. */
  public static final KernelSizes ALL = new KernelSizes(true, List.of());

  private final boolean all;
  private final List<Size> listed;

  private KernelSizes(boolean all, List<Size> listed) {
    this.all = all;
    this.listed = List.copyOf(listed);
  }

  static KernelSizes of(List<Size> listed) {
    return new KernelSizes(false, listed);
  }

  /** Whether every size is allowed that the layer can have. */
  public boolean all() {
    return all;
  }

  /**
   * The sizes that are listed, each with one number for each axis, in the order of the rule; none
   * where only the original is allowed, and none where all are.
   */
  public List<int[]> listed(int axes) {
    return listed.stream().map(size -> size.over(axes)).toList();
  }

  /**
   * Whether a size is allowed for windows of this original size; both have one number for each
   * axis.
   */
  public boolean allows(int[] size, int[] original) {
    return all
        || Arrays.equals(size, original)
        || listed.stream().anyMatch(allowed -> Arrays.equals(allowed.over(size.length), size));
  }

  /** The number of axes of the first listed size that cannot be one of windows of so many axes. */
  OptionalInt mismatch(int axes) {
    return listed.stream()
        .filter(size -> !size.everyAxis && size.extents.size() != axes)
        .mapToInt(size -> size.extents.size())
        .findFirst();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KernelSizes sizes && all == sizes.all && listed.equals(sizes.listed);
  }

  @Override
  public int hashCode() {
    return listed.hashCode() * 2 + (all ? 1 : 0);
  }

  /** {@code all}, or the sizes: {@code [1, 3, [3, 5]]}. */
  @Override
  public String toString() {
    return all ? "all" : listed.toString();
  }

  /**
   * One size of a list.
   *
   * @param extents one number for each axis, or a single one
   * @param everyAxis whether the single number stands for all axes, however many there are
   */
  record Size(List<Integer> extents, boolean everyAxis) {
    Size {
      extents = List.copyOf(extents);
    }

    int[] over(int axes) {
      int[] size = new int[everyAxis ? axes : extents.size()];
      Arrays.setAll(size, axis -> extents.get(everyAxis ? 0 : axis));
      return size;
    }

    @Override
    public String toString() {
      return everyAxis ? extents.get(0).toString() : extents.toString();
    }
  }
}
