package io.espalier.testkit;

import io.espalier.core.values.Cut;
import io.espalier.spi.Attributes;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a rule said of the nodes of its layers, compared with what these nodes have. Each fault is a
 * sentence that says what to do.
 */
final class TypedNodes {
  private final SymMap map;
  private final List<GraphNode> nodes;

  /**
   * @param map the solved network
   * @param nodes the nodes that the plugin's layers are made of
   */
  TypedNodes(SymMap map, List<GraphNode> nodes) {
    this.map = map;
    this.nodes = nodes;
  }

  /**
   * Stored weights with a width that no other axis of their node has: it would be cut while what is
   * computed with it stays. Windows stand alone by nature.
   */
  List<String> untied() {
    List<String> faults = new ArrayList<>();
    for (GraphNode node : nodes) {
      List<Place> places = places(node);
      for (Place place : places) {
        boolean stored = place.input() && map.isUse(node.index(), place.tensor());
        if (stored && !place.symbols().stream().allMatch(s -> s.window() || isTied(s, places))) {
          faults.add(
              "axis "
                  + place.axis()
                  + " of input "
                  + place.tensor()
                  + " of "
                  + node.label()
                  + " is tied to nothing; tie it by Typing.unify to the axis that it is computed"
                  + " with, or freeze it");
        }
      }
    }
    return faults;
  }

  private static boolean isTied(Layout.Symbol symbol, List<Place> places) {
    return places.stream().filter(place -> place.symbols().contains(symbol)).count() > 1;
  }

  /** Attributes that the rule declares and the node has not, or has with another value. */
  List<String> misdeclared() {
    List<String> faults = new ArrayList<>();
    for (GraphNode node : nodes) {
      for (NodeFacts.AttributeTarget target : map.facts(node.index()).attributes()) {
        Optional<Long> found = value(node.attributes(), target.name(), target.index());
        String declared = "the rule says what attribute " + text(target) + " must be, ";
        if (found.isEmpty()) {
          faults.add(
              declared
                  + "and "
                  + node.label()
                  + " has only "
                  + node.attributes().names()
                  + "; spell it as the node does, and give it to the node of the contract's model"
                  + " where it may be left out");
        } else if (found.get() != target.value().value()) {
          faults.add(
              declared
                  + target.value().value()
                  + ", and at "
                  + node.label()
                  + " it is "
                  + found.get()
                  + "; mend what it is computed of");
        }
      }
    }
    return faults;
  }

  /** Attributes that were the extent of an axis, and are not any more once it is cut. */
  List<String> stale(Cut cut) {
    List<String> faults = new ArrayList<>();
    for (GraphNode node : nodes) {
      for (String name : node.attributes().names()) {
        int size = node.attributes().numbers(name).map(numbers -> numbers.length).orElse(0);
        for (int index = -1; index < size; index++) {
          stale(node, name, index, cut).ifPresent(faults::add);
        }
      }
    }
    return faults;
  }

  private Optional<String> stale(GraphNode node, String name, int index, Cut cut) {
    Optional<Long> found = value(node.attributes(), name, index);
    boolean declared =
        map.facts(node.index()).attributes().stream()
            .anyMatch(target -> target.name().equals(name) && target.index() == index);
    if (found.isEmpty() || declared) {
      return Optional.empty();
    }
    List<Place> same =
        places(node).stream()
            .filter(place -> place.layout().extent() == found.get() && found.get() > 1)
            .toList();
    // an axis that stays may be what the attribute speaks of
    if (same.isEmpty()
        || same.stream().anyMatch(place -> cut.extent(place.layout()) == found.get())) {
      return Optional.empty();
    }
    return Optional.of(
        "attribute "
            + (index < 0 ? name : name + "[" + index + "]")
            + " of "
            + node.label()
            + " is "
            + found.get()
            + ", as an axis of the node is, and stays when that is cut to "
            + cut.extent(same.get(0).layout())
            + "; declare it by Typing.attribute, or, if it has nothing to do with the axis, give"
            + " the contract's model another number");
  }

  private static String text(NodeFacts.AttributeTarget target) {
    return target.index() < 0 ? target.name() : target.name() + "[" + target.index() + "]";
  }

  /** An integer attribute, or an element of a list. */
  private static Optional<Long> value(Attributes attributes, String name, int index) {
    if (index >= 0) {
      return attributes.numbers(name).map(numbers -> numbers[index]);
    }
    long value = attributes.number(name, Long.MIN_VALUE);
    return value == Long.MIN_VALUE ? Optional.empty() : Optional.of(value);
  }

  private List<Place> places(GraphNode node) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.inputs().get(i) >= 0) {
        add(places, true, i, map.input(node.index(), i));
      }
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (node.outputs().get(i) >= 0) {
        add(places, false, i, map.tensor(node.outputs().get(i)));
      }
    }
    return places;
  }

  private static void add(
      List<Place> places, boolean input, int tensor, @Nullable List<Layout> axes) {
    for (int axis = 0; axes != null && axis < axes.size(); axis++) {
      places.add(new Place(input, tensor, axis, axes.get(axis)));
    }
  }

  /** An axis of an input or output of a node. */
  private record Place(boolean input, int tensor, int axis, Layout layout) {
    Set<Layout.Symbol> symbols() {
      Set<Layout.Symbol> symbols = Collections.newSetFromMap(new IdentityHashMap<>());
      Layout.forEachSymbol(layout, symbols::add);
      return symbols;
    }
  }
}
