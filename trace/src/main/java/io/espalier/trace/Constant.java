package io.espalier.trace;

import java.nio.FloatBuffer;

/**
 * The values of a parameter or constant. Reading is lazy, so that a large weight costs nothing
 * until it is needed.
 */
public interface Constant {
  /** The dimensions; empty for a scalar. */
  long[] dims();

  /** Whether the elements are integers or booleans. */
  boolean integer();

  /**
   * Whether the elements are integers of at most 8 bits, as quantised weights are; booleans are
   * none.
   */
  default boolean narrow() {
    return false;
  }

  /** The elements as integers, in row-major order. */
  long[] longs();

  /**
   * The elements converted to float, in row-major order; a view of the stored data where possible.
   */
  FloatBuffer floats();

  /**
   * Whether its uses cannot be sliced each in its own way, since what is stored is one and the same
   * for all of them.
   */
  default boolean single() {
    return false;
  }

  /** The number of elements. */
  default long size() {
    long size = 1;
    for (long dim : dims()) {
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }
}
