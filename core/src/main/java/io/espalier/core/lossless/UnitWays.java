package io.espalier.core.lossless;

import io.espalier.core.calibration.Places;
import io.espalier.spi.Linear;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way that the units of a width take through a network: the parameters that make them, and the
 * weights that sum over them. What is between treats every unit by itself. A width of which that is
 * not known has no way.
 */
final class UnitWays {
  private final SymMap map;
  private final Graph graph;
  private final Map<Symbol, Way> ways = new LinkedHashMap<>();
  private final Set<Symbol> unclear = new HashSet<>();

  /**
   * An axis of a parameter where a node reads it.
   *
   * @param root the tensor that is stored
   * @param transposed whether it is stored with its two axes exchanged
   */
  record Edge(int node, int input, int axis, int root, boolean transposed) {}

  /** The way of one width. */
  static final class Way {
    /** Parameters along which units are made; the linear ones among them sum over other units. */
    final List<Edge> makers = new ArrayList<>();

    final List<Edge> linear = new ArrayList<>();

    /** Weights that sum over the units, and nothing else does. */
    final List<Edge> readers = new ArrayList<>();

    /** Whether units are made by the linear makers alone, and changed by parameters alone. */
    boolean closed = true;
  }

  private UnitWays(SymMap map) {
    this.map = map;
    this.graph = map.graph();
    for (GraphNode node : graph.nodes()) {
      boolean data =
          node.outputs().stream()
              .anyMatch(output -> output >= 0 && !graph.tensor(output).parameter());
      if (data) {
        add(node);
      }
    }
    ways.keySet().removeAll(unclear);
    ways.values().removeIf(way -> way.readers.isEmpty());
  }

  /** Those of all widths that have one. */
  static Map<Symbol, Way> of(SymMap map) {
    return new UnitWays(map).ways;
  }

  private Way way(Symbol symbol) {
    return ways.computeIfAbsent(symbol, key -> new Way());
  }

  private static Set<Symbol> symbols(List<Layout> axes) {
    Set<Symbol> symbols = new HashSet<>();
    axes.forEach(axis -> Layout.forEachSymbol(axis, symbols::add));
    return symbols;
  }

  private static Set<Symbol> symbols(Layout axis) {
    return symbols(List.of(axis));
  }

  private void add(GraphNode node) {
    Set<Symbol> out = new HashSet<>();
    for (int output : node.outputs()) {
      List<Layout> axes = output < 0 ? null : map.tensor(output);
      out.addAll(axes == null ? List.of() : symbols(axes));
    }
    if (graph.repeated(node.index())) {
      unclear.addAll(out); // the turns behind the first are not seen
    }
    for (int tensor : node.captured()) {
      List<Layout> axes = map.tensor(tensor);
      unclear.addAll(axes == null ? List.of() : symbols(axes));
    }
    Optional<Linear> form =
        map.facts(node.index()).linear().stream()
            .findFirst()
            .filter(linear -> isParameter(node, linear.weight()));
    Set<Symbol> summed = form.isPresent() ? summed(node, form.get()) : Set.of();
    Set<Symbol> made = form.isPresent() ? made(node, form.get()) : Set.of();
    for (int input = 0; input < node.inputs().size(); input++) {
      List<Layout> axes = node.inputs().get(input) < 0 ? null : map.input(node.index(), input);
      if (axes == null) {
        continue;
      }
      if (isParameter(node, input)) {
        boolean weight = form.isPresent() && form.get().weight() == input;
        addParameter(node, input, axes, weight ? form.get() : null, out);
        continue;
      }
      if (graph.repeated(node.index())) {
        unclear.addAll(symbols(axes));
      }
      for (Symbol symbol : symbols(axes)) {
        boolean apart = axes.stream().allMatch(axis -> Layout.unitOf(axis, symbol).isPresent());
        if (!apart || (!out.contains(symbol) && !summed.contains(symbol))) {
          unclear.add(symbol);
        }
      }
      for (Symbol symbol : stretched(node, axes)) {
        if (!made.contains(symbol)) {
          way(symbol).closed = false;
        }
      }
    }
    for (NodeFacts.Normalised over : map.facts(node.index()).normalised()) {
      List<Layout> axes = map.input(node.index(), over.input());
      unclear.addAll(axes == null ? List.of() : symbols(axes.get(over.axis())));
    }
  }

  /** The widths that come out of a node and along which one of its inputs is stretched. */
  private Set<Symbol> stretched(GraphNode node, List<Layout> input) {
    Set<Symbol> stretched = new HashSet<>();
    for (int output : node.outputs()) {
      List<Layout> axes = output < 0 ? null : map.tensor(output);
      for (int i = 0; axes != null && i < axes.size(); i++) {
        int at = i + input.size() - axes.size();
        if (at < 0 || input.get(at).extent() == 1) {
          stretched.addAll(symbols(axes.get(i)));
        }
      }
    }
    stretched.removeAll(symbols(input));
    return stretched;
  }

  private boolean isParameter(GraphNode node, int input) {
    int tensor = node.inputs().get(input);
    return tensor >= 0 && graph.tensor(tensor).parameter();
  }

  /** The widths that a linear node sums over, with a weight for each unit. */
  private Set<Symbol> summed(GraphNode node, Linear form) {
    Set<Symbol> summed =
        symbols(Objects.requireNonNull(map.input(node.index(), form.data())).get(form.dataAxis()));
    List<Layout> weight = Objects.requireNonNull(map.input(node.index(), form.weight()));
    summed.retainAll(symbols(weight.get(form.contracted())));
    return summed;
  }

  private Set<Symbol> made(GraphNode node, Linear form) {
    return symbols(
        Objects.requireNonNull(map.input(node.index(), form.weight())).get(form.produced()));
  }

  private void addParameter(
      GraphNode node, int input, List<Layout> axes, @Nullable Linear form, Set<Symbol> out) {
    Set<Symbol> seen = new HashSet<>();
    for (int axis = 0; axis < axes.size(); axis++) {
      for (Symbol symbol : symbols(axes.get(axis))) {
        Optional<Edge> edge = edge(node, input, axis);
        boolean reads = form != null && axis == form.contracted();
        if (edge.isEmpty()
            || Layout.unitOf(axes.get(axis), symbol).isEmpty()
            || (!reads && !out.contains(symbol))
            || (form == null && !seen.add(symbol))) {
          unclear.add(symbol);
          continue;
        }
        Way way = way(symbol);
        if (reads) {
          way.readers.add(edge.get());
          continue;
        }
        way.makers.add(edge.get());
        if (form != null && axis == form.produced()) {
          way.linear.add(edge.get());
        }
      }
    }
  }

  /** Where the numbers are stored; empty where they are computed, or integers. */
  private Optional<Edge> edge(GraphNode node, int input, int axis) {
    int tensor = node.inputs().get(input);
    return Places.stored(graph, tensor)
        .filter(
            stored -> {
              Constant constant = Objects.requireNonNull(graph.tensor(stored.tensor()).constant());
              long elements = 1;
              for (Layout layout : Objects.requireNonNull(map.input(node.index(), input))) {
                elements *= layout.extent();
              }
              return !constant.integer() && constant.size() == elements;
            })
        .map(s -> new Edge(node.index(), input, axis, s.tensor(), s.transposed()));
  }
}
