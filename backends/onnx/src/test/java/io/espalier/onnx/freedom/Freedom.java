package io.espalier.onnx.freedom;

import io.espalier.core.rules.Rules;
import io.espalier.core.space.Dial;
import io.espalier.core.space.FrozenAxes;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.Space;
import io.espalier.core.space.SpaceBuilder;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of every axis of every parameter that meets data, a mark for each:
 *
 * <ul>
 *   <li>{@code +} free: choices turn every width that it is made of;
 *   <li>{@code =} frozen, with a reason that names what stopped it, and listed;
 *   <li>{@code -} neither: it may not be chosen, and nobody is told why;
 *   <li>{@code .} of one element.
 * </ul>
 */
final class Freedom {
  private static final Set<String> NUMBERS = Set.of("a number", "its extent here is a number");

  private final SymMap map;
  private final Graph graph;
  private final Set<Layout.Symbol> turned = new HashSet<>();
  private final Set<String> listed = new HashSet<>();
  private final Map<Integer, String> layers = new HashMap<>();
  private final List<Edge> edges = new ArrayList<>();

  /**
   * A parameter that meets data.
   *
   * @param place the layer, or the node where it is in none; the operator and its input
   * @param marks a mark for each axis
   * @param lacks what is missing for axes that are neither free nor frozen
   */
  record Edge(String place, String marks, List<String> lacks) {
    @Override
    public String toString() {
      return place + " " + marks + (lacks.isEmpty() ? "" : " " + lacks);
    }
  }

  private Freedom(Space space) {
    this.map = space.map();
    this.graph = map.graph();
    space.dials().forEach(dial -> turned.addAll(dial.symbols()));
    for (HparamSpec spec : space.hparams()) {
      if (spec.kind() != Dial.Kind.DEPTH) {
        listed.add(spec.name().substring(0, spec.name().lastIndexOf('.')));
      }
    }
    for (FrozenAxis axis : FrozenAxes.of(space)) {
      listed.add(axis.layer());
      listed.add(axis.node());
    }
    map.layers().forEach(this::name);
  }

  /** The edges of a network on which parameters meet data, in graph order: its node, its input. */
  static List<Edge> of(TracedModel model, SymMap map, DMRegistry registry) {
    Space space =
        SpaceBuilder.build(
            model, map, registry, Rules.everything().resolve(registry.modules().values()));
    return new Freedom(space).walk();
  }

  private void name(Layer layer) {
    for (Node node : layer.nodes()) {
      layers.putIfAbsent(((NodeView) node).node().index(), layer.name());
    }
    layer.children().forEach(this::name);
  }

  private List<Edge> walk() {
    for (GraphNode node : graph.nodes()) {
      boolean data =
          node.outputs().stream().anyMatch(id -> id >= 0 && !graph.tensor(id).parameter());
      for (int i = 0; data && i < node.inputs().size(); i++) {
        List<Layout> axes = node.inputs().get(i) < 0 ? null : map.input(node.index(), i);
        boolean setting = map.facts(node.index()).statistics().contains(i);
        if (axes != null
            && isWeight(node.inputs().get(i))
            && (!setting || axes.stream().anyMatch(Layout::isFree))) {
          add(node, i, axes);
        }
      }
    }
    return edges;
  }

  private boolean isWeight(int tensor) {
    Constant constant = graph.constant(tensor);
    return graph.tensor(tensor).parameter()
        && (constant == null ? !graph.integral(tensor) : !constant.integer() || constant.narrow());
  }

  private void add(GraphNode node, int input, List<Layout> axes) {
    if (axes.stream().allMatch(axis -> axis.extent() == 1)) {
      return;
    }
    StringBuilder marks = new StringBuilder();
    Set<String> missing = new HashSet<>();
    boolean told = isTold(node, axes);
    for (Layout axis : axes) {
      String lack = lack(axis, told);
      marks.append(axis.extent() == 1 ? '.' : !lack.isEmpty() ? '-' : axis.isFree() ? '+' : '=');
      missing.add(axis.extent() == 1 ? "" : lack);
    }
    missing.remove("");
    String place = layers.getOrDefault(node.index(), node.label()) + " " + node.op() + " " + input;
    edges.add(new Edge(place, marks.toString(), missing.stream().sorted().toList()));
  }

  private boolean isTold(GraphNode node, List<Layout> axes) {
    return listed.contains(node.label())
        || listed.contains(layers.getOrDefault(node.index(), ""))
        || axes.stream().anyMatch(Layout::isFree);
  }

  /** What is missing for an axis to be free, or frozen with a reason; empty if nothing is. */
  private String lack(Layout axis, boolean told) {
    if (axis.isFree()) {
      Set<Layout.Symbol> symbols = new HashSet<>();
      Layout.forEachSymbol(axis, symbols::add);
      return turned.containsAll(symbols) ? "" : "no choice turns it";
    }
    if (axis instanceof Layout.Fixed fixed
        && (NUMBERS.contains(fixed.reason().text()) || fixed.reason().node().isEmpty())) {
      return "its reason is a number";
    }
    return told ? "" : "no list names its layer";
  }
}
