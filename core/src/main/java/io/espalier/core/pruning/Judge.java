package io.espalier.core.pruning;

import io.espalier.core.moments.DataModel;

/** Says how bad a network is. */
@FunctionalInterface
interface Judge {
  /** Its error: smaller is better, infinite for what is of no use. */
  double of(DataModel network);
}
