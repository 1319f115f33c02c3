package io.espalier.core.latency;

import io.espalier.core.values.TracedModel;

/** Times networks that are cut from one original. For one thread at a time; close it at the end. */
public interface NodeTimer extends AutoCloseable {
  /**
   * What times depend on beside the network, in words: the runtime and its version, the threads,
   * the processor, the shapes of inputs.
   */
  String conditions();

  /**
   * Times a network: node by node, and as a whole, where it and the original take turns.
   *
   * @param network the original, or what was carved from it
   * @param turns how often they take turns, at least 1
   */
  Timing time(TracedModel network, int turns);

  @Override
  void close();
}
