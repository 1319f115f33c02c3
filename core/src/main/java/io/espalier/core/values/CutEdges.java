package io.espalier.core.values;

import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The edges on which a cut shows: where parameters that were cut meet data, and, inside of what is
 * computed from parameters alone, where a unit that goes takes part in what stays.
 *
 * <p>Every sum over a cut axis is masked or restricted where it is formed, so that a mask where
 * units are made is there for reading alone. It is left out where zeros would reach a divisor, a
 * logarithm or the like: an edge whose axes are of both kinds is then listed twice.
 */
final class CutEdges {
  private final Cut cut;
  private final SymMap map;
  private final Graph graph;
  private final List<CutParameter> edges = new ArrayList<>();

  /** For each tensor the symbols whose units reach, as such, an input that must not be zero. */
  private final Map<Integer, Set<Layout.Symbol>> delicate;

  /** What is kept of an axis, as a list that all its edges share. */
  private final IdentityHashMap<int[], List<Integer>> lists = new IdentityHashMap<>();

  private CutEdges(Cut cut) {
    this.cut = cut;
    this.map = cut.map();
    this.graph = map.graph();
    this.delicate = DelicateUnits.of(cut);
  }

  /** The edges, in graph order. */
  static List<CutParameter> of(Cut cut) {
    CutEdges all = new CutEdges(cut);
    for (GraphNode node : all.graph.nodes()) {
      if (node.computes() && !cut.skips(node.index())) {
        all.add(node);
      }
    }
    return all.edges;
  }

  private void add(GraphNode node) {
    boolean data =
        node.outputs().stream()
            .anyMatch(output -> output >= 0 && !graph.tensor(output).parameter());
    for (int input = 0; input < node.inputs().size(); input++) {
      int tensor = node.inputs().get(input);
      if (tensor < 0 || !graph.tensor(tensor).parameter()) {
        continue;
      }
      Map<Integer, List<Integer>> keep = keep(node, input);
      if (!keep.isEmpty() && (data || endsIn(node, input, keep.keySet()))) {
        add(node, input, tensor, keep);
      }
    }
  }

  private void add(GraphNode node, int input, int tensor, Map<Integer, List<Integer>> keep) {
    if (graph.integral(tensor) || map.facts(node.index()).unmaskable().contains(input)) {
      edges.add(edge(node, input, tensor, keep, false));
      return;
    }
    Map<Integer, List<Integer>> masked = new TreeMap<>(keep);
    Map<Integer, List<Integer>> unmasked = new TreeMap<>(keep);
    Set<Integer> delicateAxes = delicateAxes(node, input, keep.keySet());
    masked.keySet().removeAll(delicateAxes);
    unmasked.keySet().retainAll(delicateAxes);
    if (!masked.isEmpty()) {
      edges.add(edge(node, input, tensor, masked, true));
    }
    if (!unmasked.isEmpty()) {
      edges.add(edge(node, input, tensor, unmasked, false));
    }
  }

  private CutParameter edge(
      GraphNode node, int input, int tensor, Map<Integer, List<Integer>> keep, boolean mask) {
    return new CutParameter(
        node.name(),
        firstOutput(graph, node),
        input,
        graph.tensor(graph.root(tensor)).name(),
        layouts(node, input).stream().map(Layout::extent).toList(),
        keep,
        mask);
  }

  /** The name of the first output of a node. */
  static String firstOutput(Graph graph, GraphNode node) {
    return graph
        .tensor(node.outputs().stream().filter(id -> id >= 0).findFirst().orElseThrow())
        .name();
  }

  /**
   * Whether a node that reads parameters alone sums over, or crops, one of these axes of an input.
   * What it normalises over is listed as such, and what it computes of extents is a number.
   */
  private boolean endsIn(GraphNode node, int input, Set<Integer> axes) {
    if (node.outputs().stream().anyMatch(id -> id >= 0 && map.ints(id).isPresent())) {
      return false;
    }
    Set<Layout.Symbol> made = made(node);
    List<NodeFacts.Normalised> normalised = map.facts(node.index()).normalised();
    return axes.stream()
        .filter(axis -> !normalised.contains(new NodeFacts.Normalised(input, axis)))
        .anyMatch(axis -> !made.containsAll(symbols(layouts(node, input).get(axis))));
  }

  /** The axes along which units come out of the node again, and must not be zero there. */
  private Set<Integer> delicateAxes(GraphNode node, int input, Set<Integer> axes) {
    Set<Layout.Symbol> feared = new HashSet<>();
    for (int output : node.outputs()) {
      feared.addAll(delicate.getOrDefault(output, Set.of()));
    }
    Set<Integer> found = new HashSet<>();
    for (int axis : feared.isEmpty() ? Set.<Integer>of() : axes) {
      Set<Layout.Symbol> own = symbols(layouts(node, input).get(axis));
      boolean alone =
          axes.stream()
              .filter(other -> other != axis)
              .flatMap(other -> symbols(layouts(node, input).get(other)).stream())
              .noneMatch(own::contains);
      boolean comesOut =
          made(node).containsAll(own)
              && own.stream().noneMatch(symbol -> isSummed(node, input, symbol));
      if (alone && comesOut && own.stream().anyMatch(feared::contains)) {
        found.add(axis);
      }
    }
    return found;
  }

  /**
   * Whether a node sums over the axis of an input that counts some units, although units of the
   * same kind come out: those are of another axis of the data then, which loses one in the sum.
   */
  private boolean isSummed(GraphNode node, int input, Layout.Symbol symbol) {
    long most = 0;
    for (int other = 0; other < node.inputs().size(); other++) {
      if (other != input) {
        most = Math.max(most, count(layouts(node, other), symbol));
      }
    }
    long out = 0;
    for (int output : node.outputs()) {
      List<Layout> axes = output < 0 ? null : map.tensor(output);
      out = Math.max(out, axes == null ? 0 : count(axes, symbol));
    }
    return out < most;
  }

  private long count(List<Layout> axes, Layout.Symbol symbol) {
    return axes.stream().filter(axis -> symbols(axis).contains(symbol)).count();
  }

  private Set<Layout.Symbol> made(GraphNode node) {
    Set<Layout.Symbol> made = new HashSet<>();
    for (int output : node.outputs()) {
      List<Layout> axes = output < 0 ? null : map.tensor(output);
      if (axes != null) {
        axes.forEach(axis -> made.addAll(symbols(axis)));
      }
    }
    return made;
  }

  private Set<Layout.Symbol> symbols(Layout layout) {
    Set<Layout.Symbol> symbols = new HashSet<>();
    Layout.forEachSymbol(
        layout,
        symbol -> {
          if (cut.cuts(symbol)) {
            symbols.add(symbol);
          }
        });
    return symbols;
  }

  private List<Layout> layouts(GraphNode node, int input) {
    List<Layout> layouts = map.input(node.index(), input);
    return layouts == null ? List.of() : layouts;
  }

  private static List<Integer> list(int[] kept) {
    return Arrays.stream(kept).boxed().toList();
  }

  private Map<Integer, List<Integer>> keep(GraphNode node, int input) {
    Map<Integer, List<Integer>> keep = new TreeMap<>();
    List<Layout> layouts = layouts(node, input);
    for (int axis = 0; axis < layouts.size(); axis++) {
      int[] kept = cut.kept(layouts.get(axis));
      if (kept != null) {
        keep.put(axis, lists.computeIfAbsent(kept, CutEdges::list));
      }
    }
    return keep;
  }
}
