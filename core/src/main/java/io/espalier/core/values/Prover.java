package io.espalier.core.values;

import io.espalier.trace.Graph;

/** Checks a carved network against the layouts it was cut by. */
@FunctionalInterface
public interface Prover {
  /**
   * Checks it.
   *
   * @param carved the smaller network, traced anew
   * @throws IllegalStateException if it is not what the cut says; this is a bug, never the user's
   *     mistake
   */
  void prove(Graph carved);
}
