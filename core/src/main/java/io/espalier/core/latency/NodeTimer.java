package io.espalier.core.latency;

import io.espalier.core.values.TracedModel;
import java.util.List;

/** Times networks that are cut from one original. For one thread at a time; close it at the end. */
public interface NodeTimer extends AutoCloseable {
  /**
   * What times depend on beside the network, in words: the runtime and its version, the threads,
   * the processor, the shapes of inputs.
   */
  String conditions();

  /**
   * Times networks: node by node, and as a whole, where each and the original take turns, one
   * network after the other before the next turn of the first, so that what slows a machine down
   * for a second is not taken for slowness of one of them.
   *
   * @param networks the original, or what was carved from it; all are held at a time
   * @param turns how often each takes turns with the original, at least 1
   */
  List<Timing> times(List<? extends TracedModel> networks, int turns);

  /** Times one network. */
  default Timing time(TracedModel network, int turns) {
    return times(List.of(network), turns).get(0);
  }

  @Override
  void close();
}
