package io.espalier.trace;

import java.util.Arrays;

/** A growing list of indices. */
final class IndexList {
  private int[] values = new int[16];
  private int size;
  private long offset;

  /** Appends the indices of the next segment, shifted behind the segments before it. */
  void appendShifted(int[] indices, long extent) {
    if (size + indices.length > values.length) {
      values = Arrays.copyOf(values, Math.max(size + indices.length, values.length * 2));
    }
    int shift = Math.toIntExact(offset);
    for (int index : indices) {
      values[size++] = index + shift;
    }
    offset += extent;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
