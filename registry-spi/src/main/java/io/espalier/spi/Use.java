package io.espalier.spi;

import java.nio.FloatBuffer;

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
}
