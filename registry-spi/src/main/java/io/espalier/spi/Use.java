package io.espalier.spi;

import java.nio.FloatBuffer;
import java.util.Optional;

/** One use of a parameter: an edge on which it enters a node. */
public interface Use {
  /** The node the parameter enters. */
  Node node();

  /** The input it enters by. */
  int input();

  /** The parameter's dimensions. */
  int[] shape();

  /**
   * The parameter's values in row-major order, converted to float where they are stored otherwise.
   * Read lazily.
   */
  FloatBuffer values();

  /**
   * By how much norms with stored statistics (batch norms) scale the units that lie on an axis: for
   * each index the mean, over all such norms that its unit goes through, of the scale without its
   * sign; 0 where nothing may change.
   *
   * @param axis the axis of the parameter that the units lie on, counted from 0
   * @return one number for each index; empty where some units go through no such norm, or its
   *     scales are computed
   */
  default Optional<double[]> normScales(int axis) {
    return Optional.empty();
  }
}
