package io.espalier.djl.carve;

import io.espalier.core.values.Cut;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.BitSet;
import java.util.List;

/** The operators that go with blocks that are taken out: theirs, and those that only they read. */
final class GoneNodes {
  private GoneNodes() {}

  static BitSet of(Graph graph, Cut cut) {
    BitSet gone = new BitSet();
    List<GraphNode> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      GraphNode node = nodes.get(i);
      gone.set(i, cut.skips(i) || (isParameter(graph, node) && isUnread(graph, node, gone)));
    }
    return gone;
  }

  /** Whether a node works on parameters alone: it turns a weight, for instance. */
  private static boolean isParameter(Graph graph, GraphNode node) {
    return node.outputs().stream().allMatch(output -> graph.tensor(output).parameter());
  }

  private static boolean isUnread(Graph graph, GraphNode node, BitSet gone) {
    boolean read = false;
    for (int output : node.outputs()) {
      if (graph.outputs().contains(output)) {
        return false;
      }
      for (int consumer : graph.consumers(output)) {
        read = true;
        if (!gone.get(consumer)) {
          return false;
        }
      }
    }
    // what nobody reads anyway stays as it is
    return read;
  }
}
