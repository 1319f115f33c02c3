package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds widths that cannot be cut because an integer of the network is computed from them and from
 * a dimension that the model leaves open: carving could only write the number that it is at a trial
 * size.
 */
final class MixedTargets {
  private static final String REASON =
      "an integer is computed from it and from an open dimension; export the model with that"
          + " dimension fixed to search it";

  private final SymMap map;
  private final Set<Layout.Symbol> mixed = new HashSet<>();

  private MixedTargets(SymMap map) {
    this.map = map;
  }

  /** The axes that show such a width, with the reason to freeze them for. */
  static Map<Pass.Place, String> places(SymMap map) {
    MixedTargets targets = new MixedTargets(map);
    map.graph().nodes().forEach(targets::inspect);
    return targets.mixed.isEmpty() ? Map.of() : targets.places();
  }

  private void inspect(GraphNode node) {
    for (NodeFacts.ElementTarget target : map.facts(node.index()).elements()) {
      int tensor = target.input() < node.inputs().size() ? node.inputs().get(target.input()) : -1;
      Ints ints = tensor < 0 ? null : map.ints(tensor).orElse(null);
      if (ints == null) {
        continue;
      }
      Expression computed = (Expression) ints.elements().get(target.index());
      boolean open =
          computed.uses(MixedTargets::isOpen) || target.value().uses(MixedTargets::isOpen);
      if (open && drifts(computed, target.value())) {
        collect(computed);
        collect(target.value());
      }
    }
  }

  /** Whether the two differ once widths are at their smallest. */
  private static boolean drifts(Expression computed, Expression wanted) {
    Layout.Widths narrow = Layout.Symbol::least;
    return computed.value(narrow) != wanted.value(narrow);
  }

  private void collect(Expression expression) {
    expression.uses(
        axis -> {
          Layout.forEachSymbol((Layout) axis, mixed::add);
          return false;
        });
  }

  private static boolean isOpen(Axis axis) {
    boolean[] found = {false};
    Layout.forEachSegment((Layout) axis, segment -> found[0] |= isOpenSegment(segment));
    return found[0];
  }

  private static boolean isOpenSegment(Layout segment) {
    return segment instanceof Layout.Fixed fixed
        ? fixed.dynamic()
        : segment instanceof Layout.Product product
            && product.factors().stream().anyMatch(MixedTargets::isOpen);
  }

  private Map<Pass.Place, String> places() {
    Map<Pass.Place, String> places = new HashMap<>();
    for (GraphNode node : map.graph().nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (node.inputs().get(i) >= 0 && map.isUse(node.index(), i)) {
          add(map.input(node.index(), i), node.index(), i, -1, places);
        }
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          add(map.tensor(output), -1, -1, output, places);
        }
      }
    }
    return places;
  }

  private void add(
      @org.jspecify.annotations.Nullable List<Layout> layouts,
      int node,
      int input,
      int tensor,
      Map<Pass.Place, String> places) {
    for (int axis = 0; layouts != null && axis < layouts.size(); axis++) {
      boolean[] shows = {false};
      Layout.forEachSymbol(layouts.get(axis), symbol -> shows[0] |= mixed.contains(symbol));
      if (shows[0]) {
        places.put(new Pass.Place(node, input, tensor, axis), REASON);
      }
    }
  }
}
