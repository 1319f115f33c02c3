package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.djl.trace.TracedBlock;

/** A block that can be run on data and observed. */
public interface ObservableBlock {
  /** How messages call it. */
  String description();

  /** The block itself. */
  Block block();

  /** The same as a network of operators. */
  TracedBlock traced();

  /** A manager of arrays beside those of the block; to be closed. */
  NDManager newManager();
}
