package io.espalier.core.values;

import io.espalier.trace.GraphNode;
import io.espalier.trace.SymMap;
import java.util.List;

/**
 * A node that multiplies and accumulates, or may do so, without anyone knowing how much: counts of
 * MACs leave it out.
 *
 * @param node what the model calls it, or its operator and position
 * @param op its operator
 */
public record UncountedNode(String node, String op) {
  /** The nodes of a solved network that no count of MACs holds. */
  public static List<UncountedNode> of(SymMap map) {
    return map.uncounted().stream()
        .map(
            index -> {
              GraphNode node = map.graph().nodes().get(index);
              return new UncountedNode(node.label(), node.op().toString());
            })
        .toList();
  }
}
