package io.espalier.core.checks;

import io.espalier.core.values.Manifest.Mapped;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold of positions along an axis of which elements go. */
final class MappedCheck {
  private MappedCheck() {}

  static void run(Listed made, Faults faults) {
    Set<String> listed = new HashSet<>();
    for (Mapped mapped : made.manifest().mapped()) {
      String where = mapped.output() + "#" + mapped.input();
      GraphNode node = made.node(mapped.output());
      if (node == null || !isIndexed(made, node, mapped)) {
        throw faults.at("map at " + where, "maps what picks nothing that goes");
      }
      if (!listed.add(where)) {
        throw faults.at("map at " + where, "is listed twice");
      }
      table(made, where, mapped, faults);
    }
    for (GraphNode node : made.graph().nodes()) {
      if (!node.computes()) {
        continue;
      }
      for (NodeFacts.Indexed indexed : made.cut().map().facts(node.index()).indexed()) {
        String where = firstOutput(made, node) + "#" + indexed.input();
        boolean due = !made.cut().skips(node.index()) && made.cut().maps(indexed);
        if (due && !listed.contains(where)) {
          throw faults.at(node, "picks elements of which some go, and is not listed");
        }
      }
    }
  }

  private static String firstOutput(Listed made, GraphNode node) {
    int first = node.outputs().stream().filter(output -> output >= 0).findFirst().orElseThrow();
    return made.graph().tensor(first).name();
  }

  private static boolean isIndexed(Listed made, GraphNode node, Mapped mapped) {
    return !made.cut().skips(node.index())
        && made.cut().map().facts(node.index()).indexed().stream()
            .anyMatch(
                indexed ->
                    indexed.input() == mapped.input()
                        && indexed.table() == mapped.parameter()
                        && indexed.axis() == mapped.axis()
                        && made.cut().maps(indexed));
  }

  private static void table(Listed made, String where, Mapped mapped, Faults faults) {
    Layout axis = made.axes(mapped.output(), mapped.parameter()).get(mapped.axis());
    int[] kept = made.cut().kept(axis);
    List<Integer> table = mapped.table();
    if (kept == null || table.size() != axis.extent()) {
      throw faults.at("map at " + where, "has " + table.size() + " positions");
    }
    for (int i = 0; i < kept.length; i++) {
      if (table.get(kept[i]) != i) {
        throw faults.at("map at " + where, "leads " + kept[i] + ", which stays, elsewhere");
      }
    }
    for (int position : table) {
      if (position < 0 || position >= kept.length) {
        throw faults.at("map at " + where, "leads to " + position + " of " + kept.length);
      }
    }
  }
}
