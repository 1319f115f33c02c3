package io.espalier.core.values;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Units that must not be zero, since something divides by them further on: 0/0 is NaN, which no
 * later mask takes away.
 */
final class DelicateUnits {
  private DelicateUnits() {}

  /**
   * For each tensor of data, the symbols that were cut and whose units reach an input that must not
   * be masked; tensors without any are left out.
   */
  static Map<Integer, Set<Layout.Symbol>> of(Cut cut) {
    SymMap map = cut.map();
    Graph graph = map.graph();
    Map<Integer, Set<Layout.Symbol>> delicate = new HashMap<>();
    for (int index = graph.nodes().size() - 1; index >= 0; index--) {
      GraphNode node = graph.nodes().get(index);
      if (cut.skips(index)) {
        continue;
      }
      Set<Layout.Symbol> behind = new HashSet<>();
      node.outputs().forEach(output -> behind.addAll(delicate.getOrDefault(output, Set.of())));
      Set<Integer> unmaskable = map.facts(index).unmaskable();
      if (behind.isEmpty() && unmaskable.isEmpty()) {
        continue;
      }
      for (int input = 0; input < node.inputs().size(); input++) {
        int tensor = node.inputs().get(input);
        List<Layout> axes = tensor < 0 ? null : map.input(index, input);
        if (axes == null || graph.tensor(tensor).parameter()) {
          continue;
        }
        boolean all = unmaskable.contains(input);
        for (Layout axis : axes) {
          Layout.forEachSymbol(
              axis,
              symbol -> {
                if (cut.cuts(symbol) && (all || behind.contains(symbol))) {
                  delicate.computeIfAbsent(cut.source(tensor), key -> new HashSet<>()).add(symbol);
                }
              });
        }
      }
    }
    return delicate;
  }
}
