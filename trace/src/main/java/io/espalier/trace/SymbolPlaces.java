package io.espalier.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds axes to freeze so that given symbols are fixed, and as little else as can be. */
final class SymbolPlaces {
  private final Map<Layout.Symbol, String> reasons;
  private final Map<Layout.Symbol, Map<Pass.Place, String>> alone = new HashMap<>();
  private final Map<Layout.Symbol, Map<Pass.Place, String>> among = new HashMap<>();

  private SymbolPlaces(Map<Layout.Symbol, String> reasons) {
    this.reasons = reasons;
  }

  /**
   * For each symbol the first axis that it is all of; where there is none, every axis that shows
   * it.
   */
  static Map<Pass.Place, String> of(SymMap map, Map<Layout.Symbol, String> reasons) {
    if (reasons.isEmpty()) {
      return Map.of();
    }
    SymbolPlaces places = new SymbolPlaces(reasons);
    for (GraphNode node : map.graph().nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (node.inputs().get(i) >= 0 && map.isUse(node.index(), i)) {
          places.add(map.input(node.index(), i), node.index(), i, -1);
        }
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          places.add(map.tensor(output), -1, -1, output);
        }
      }
    }
    Map<Pass.Place, String> found = new HashMap<>();
    // in graph order, so that which of two reasons counts for a place is no matter of chance
    for (Layout.Symbol symbol : map.symbols()) {
      found.putAll(places.alone.getOrDefault(symbol, places.among.getOrDefault(symbol, Map.of())));
    }
    return found;
  }

  private void add(@Nullable List<Layout> layouts, int node, int input, int tensor) {
    for (int i = 0; layouts != null && i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      Pass.Place place = new Pass.Place(node, input, tensor, i);
      Layout.forEachSymbol(
          layout,
          symbol -> {
            String reason = reasons.get(symbol);
            if (reason != null && layout == symbol) {
              alone.putIfAbsent(symbol, Map.of(place, reason));
            } else if (reason != null) {
              among.computeIfAbsent(symbol, key -> new HashMap<>()).put(place, reason);
            }
          });
    }
  }
}
