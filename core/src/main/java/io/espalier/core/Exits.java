package io.espalier.core;

import io.espalier.trace.Graph;
import java.util.BitSet;

/**
 * The tensors whose readers cannot be made to read another one: outputs of the network, and what
 * sub-graphs read by name.
 */
final class Exits {
  private final BitSet tensors = new BitSet();

  Exits(Graph graph) {
    graph.outputs().forEach(tensors::set);
    graph.nodes().forEach(node -> node.captured().forEach(tensors::set));
  }

  boolean contains(int tensor) {
    return tensors.get(tensor);
  }
}
