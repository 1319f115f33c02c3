package io.espalier.core.space;

import io.espalier.spi.Linear;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The widths that layers compute from data by weights, which positions of a sequence are not. */
final class Produced {
  private final SymMap map;
  private @Nullable Set<Symbol> symbols;

  Produced(SymMap map) {
    this.map = map;
  }

  /** Whether a layer computes a part of this axis. */
  boolean meets(Layout axis) {
    Set<Symbol> known = symbols == null ? find() : symbols;
    symbols = known;
    boolean[] found = new boolean[1];
    Layout.forEachSymbol(axis, symbol -> found[0] |= known.contains(symbol));
    return found[0];
  }

  private Set<Symbol> find() {
    Set<Symbol> found = new HashSet<>();
    for (GraphNode node : map.graph().nodes()) {
      for (Linear form : map.facts(node.index()).linear()) {
        List<Layout> weight = map.input(node.index(), form.weight());
        if (weight != null && !map.graph().tensor(node.inputs().get(form.data())).parameter()) {
          Layout.forEachSymbol(weight.get(form.produced()), found::add);
        }
      }
    }
    return found;
  }
}
