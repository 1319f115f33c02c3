package io.espalier.core.cost;

import io.espalier.core.values.Block;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.BitSet;
import java.util.List;

/** The nodes that stay behind without a reader once blocks are taken out; those go, too. */
final class Unneeded {
  private Unneeded() {}

  /** Their indices. */
  static BitSet of(Graph graph, Extents extents) {
    int[] readAs = new int[graph.tensors().size()];
    for (int i = 0; i < readAs.length; i++) {
      readAs[i] = i;
    }
    for (Block block : extents.skipped()) {
      readAs[block.output()] = readAs[block.input()];
    }
    BitSet read = new BitSet();
    graph.outputs().forEach(id -> read.set(readAs[id]));
    BitSet unneeded = new BitSet();
    List<GraphNode> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      GraphNode node = nodes.get(i);
      if (extents.isGone(i)) {
        continue;
      }
      if (isRead(node, read)) {
        for (int id : node.inputs()) {
          if (id >= 0) {
            read.set(readAs[id]);
          }
        }
        for (int id : node.captured()) {
          read.set(readAs[id]);
        }
      } else {
        unneeded.set(i);
      }
    }
    return unneeded;
  }

  private static boolean isRead(GraphNode node, BitSet read) {
    for (int id : node.outputs()) {
      if (id >= 0 && read.get(id)) {
        return true;
      }
    }
    return false;
  }
}
