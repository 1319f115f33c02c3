package io.espalier.core.space;

import io.espalier.core.rules.ResolvedRules;
import io.espalier.core.space.Declarations.Grouped;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What rules say of widths inside the groups of channels. Where whole groups may go these stay,
 * unless rules open them by an option of their own; that option alone then says what they may be,
 * and what counts the groups has a name.
 */
public final class InnerWidths {
  private static final String COUNT = "groups";

  private final Map<Symbol, String> counts = new HashMap<>();
  private final List<Opened> opened = new ArrayList<>();
  private final Set<Symbol> alone = new HashSet<>();

  /**
   * A width that rules open at a layer.
   *
   * @param symbol the width
   * @param by the layer, and the option
   */
  record Opened(Symbol symbol, Grouped by) {}

  private InnerWidths() {}

  /**
   * The indices of the nodes of which rules open what is inside their groups. A network is solved
   * before there are rules; where some are, it has to be solved anew with these {@linkplain
   * io.espalier.trace.Solver#opening opened}.
   */
  public static Set<Integer> opened(SymMap map, DMRegistry registry, ResolvedRules rules) {
    boolean any =
        map.graph().nodes().stream()
            .map(GraphNode::index)
            .anyMatch(node -> !map.facts(node).groups().isEmpty());
    return !any || rules.rules().isEverything()
        ? Set.of()
        : Declarations.grouped(map, registry, rules).stream()
            .filter(Grouped::isOpened)
            .map(Grouped::node)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The widths inside groups of a network, with what rules say of them. */
  static InnerWidths of(SymMap map, List<Grouped> declared) {
    InnerWidths found = new InnerWidths();
    Set<Symbol> closed = new HashSet<>();
    for (Grouped grouped : declared) {
      for (NodeFacts.Groups groups : map.facts(grouped.node()).groups()) {
        Layout.forEachSymbol(groups.within(), symbol -> found.add(symbol, grouped, closed));
        if (grouped.isOpened() && groups.count() instanceof Symbol count) {
          found.counts.putIfAbsent(count, grouped.layer() + "." + COUNT);
        }
      }
    }
    found.alone.removeAll(closed);
    return found;
  }

  private void add(Symbol symbol, Grouped grouped, Set<Symbol> closed) {
    if (grouped.isOpened()) {
      opened.add(new Opened(symbol, grouped));
      alone.add(symbol);
    } else {
      closed.add(symbol);
    }
  }

  /** The widths that rules open, once for each layer that does. */
  List<Opened> opened() {
    return opened;
  }

  /** Whether only the option that opens a width says which fractions of it are choices. */
  boolean isAlone(Symbol symbol) {
    return alone.contains(symbol);
  }

  /** What a width is called that counts groups of which the inside is open. */
  Optional<String> count(Symbol symbol) {
    return Optional.ofNullable(counts.get(symbol));
  }
}
