package io.espalier.core.space;

import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.NodeView;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the widths of parameters that meet data which no module names: a table that stretches data
 * over an axis of its own, the matrices of a stack.
 */
final class OwnWidths {
  private static final String NAME = "width";

  private final SymMap map;
  private final Graph graph;
  private final Map<Integer, String> layers = new HashMap<>();

  private OwnWidths(SymMap map) {
    this.map = map;
    this.graph = map.graph();
    map.layers().forEach(this::name);
  }

  /**
   * A width that nobody names.
   *
   * @param layer the layer that reads it, or its node if there is none
   * @param name what it is called there
   * @param symbol the width
   */
  record Own(String layer, String name, Symbol symbol) {}

  /**
   * The widths, in graph order.
   *
   * @param named the widths that have a name; those found are added
   */
  static List<Own> of(SymMap map, Set<Symbol> named) {
    return new OwnWidths(map).find(named);
  }

  private void name(Layer layer) {
    for (Node node : layer.nodes()) {
      layers.putIfAbsent(((NodeView) node).node().index(), layer.name());
    }
    layer.children().forEach(this::name);
  }

  private List<Own> find(Set<Symbol> named) {
    List<Own> found = new ArrayList<>();
    BitSet read = read();
    for (GraphNode node : graph.nodes()) {
      boolean data =
          node.outputs().stream()
              .anyMatch(id -> id >= 0 && read.get(id) && !graph.tensor(id).parameter());
      for (int i = 0; data && i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        List<Layout> axes = input < 0 ? null : map.input(node.index(), i);
        if (axes != null && graph.tensor(input).parameter() && isNumbers(node, i)) {
          String layer = layers.getOrDefault(node.index(), node.label());
          Set<Symbol> met = met(node, i);
          axes.forEach(axis -> add(layer, axis, met, named, found));
        }
      }
    }
    return found;
  }

  /**
   * Whether what a node computes is a sum of a parameter that it reads, scaled perhaps, or linear
   * in it, as its rule says. Of others (a state to start from, what was said before) a rule may say
   * how long they are, and not that any part of them will do.
   */
  private boolean isNumbers(GraphNode node, int input) {
    NodeFacts facts = map.facts(node.index());
    return facts.affine() != null
        || facts.linear().stream().anyMatch(form -> form.weight() == input || form.data() == input);
  }

  /** The tensors that an output of the network depends on. */
  private BitSet read() {
    BitSet read = new BitSet();
    graph.outputs().forEach(read::set);
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      GraphNode node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(id -> id >= 0 && read.get(id))) {
        node.inputs().stream().filter(id -> id >= 0).forEach(read::set);
        node.captured().forEach(read::set);
      }
    }
    return read;
  }

  /** The symbols of all that a node reads and computes, but for one input. */
  private Set<Symbol> met(GraphNode node, int without) {
    Set<Symbol> met = new HashSet<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (i != without && node.inputs().get(i) >= 0) {
        addAll(map.input(node.index(), i), met);
      }
    }
    for (int output : node.outputs()) {
      addAll(output < 0 ? null : map.tensor(output), met);
    }
    return met;
  }

  private static void addAll(@Nullable List<Layout> axes, Set<Symbol> symbols) {
    if (axes != null) {
      axes.forEach(axis -> Layout.forEachSymbol(axis, symbols::add));
    }
  }

  /** What a node reads of one parameter alone, such as a pair of settings, is no width. */
  private static void add(
      String layer, Layout axis, Set<Symbol> met, Set<Symbol> named, List<Own> found) {
    Layout.forEachSymbol(
        axis,
        symbol -> {
          if (!symbol.window() && met.contains(symbol) && named.add(symbol)) {
            String role = symbol.role();
            found.add(new Own(layer, role == null ? NAME : role, symbol));
          }
        });
  }
}
