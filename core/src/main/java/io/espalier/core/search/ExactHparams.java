package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The hparams that must stay whole for plain masking to prove a carved network: depths, whose
 * blocks are rewired rather than masked, and widths that a layer normalises over, since a masked
 * network would average over zeros there.
 */
public final class ExactHparams {
  private ExactHparams() {}

  /** Their first names, in graph order; only those that can be configured. */
  public static Set<String> of(SearchSpace space) {
    Set<String> whole = new LinkedHashSet<>();
    Set<Layout.Symbol> normalised = normalised(space.map().orElseThrow());
    for (WidthUnits width : WidthUnits.of(space)) {
      if (normalised.contains(width.symbol())) {
        whole.add(width.hparam().name());
      }
    }
    for (Hparam hparam : space.configurableHparams().values()) {
      if (hparam.order().length == 0 && !hparam.original().sizes()) {
        whole.add(hparam.name());
      }
    }
    return whole;
  }

  private static Set<Layout.Symbol> normalised(SymMap map) {
    Set<Layout.Symbol> symbols = new HashSet<>();
    for (GraphNode node : map.graph().nodes()) {
      for (NodeFacts.Normalised over : map.facts(node.index()).normalised()) {
        List<Layout> axes = map.input(node.index(), over.input());
        if (axes != null) {
          Layout.forEachSymbol(axes.get(over.axis()), symbols::add);
        }
      }
    }
    return symbols;
  }
}
