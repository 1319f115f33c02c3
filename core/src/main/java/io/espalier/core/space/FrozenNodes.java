package io.espalier.core.space;

import io.espalier.core.values.FrozenAxis;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Inner;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the nodes in the way of which no width tells: those that hold weights in sub-graphs, among
 * attributes, or as parameters none of whose widths is a choice, and those that nobody knows.
 */
final class FrozenNodes {
  private static final String EVERY_AXIS = "*";

  private final Space space;
  private final SymMap map;
  private final Graph graph;
  private final Set<Layout.Symbol> turned = new HashSet<>();

  private FrozenNodes(Space space) {
    this.space = space;
    this.map = space.map();
    this.graph = map.graph();
    space.dials().forEach(dial -> turned.addAll(dial.symbols()));
  }

  /**
   * The nodes, in graph order.
   *
   * @param widths the widths that may not change; what they name already is not named again
   */
  static List<FrozenAxis> of(Space space, List<FrozenAxis> widths) {
    return new FrozenNodes(space).find(widths);
  }

  private List<FrozenAxis> find(List<FrozenAxis> widths) {
    BitSet told = told();
    BitSet strange = strange(widths);
    List<FrozenAxis> frozen = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      if (!told.get(node.index()) && !isParameter(node)) {
        inside(node)
            .or(() -> parameter(node))
            .or(() -> strange.get(node.index()) ? shape(node) : Optional.empty())
            .ifPresent(reason -> frozen.add(frozen(node, reason)));
      }
    }
    return frozen;
  }

  /** The node is the one that holds weights; what stopped it elsewhere is named in the reason. */
  private static FrozenAxis frozen(GraphNode node, Reason reason) {
    String text = reason.text();
    if (!reason.op().isEmpty() && !reason.node().equals(node.label())) {
      int advice = text.indexOf("; ");
      String why = advice < 0 ? text : text.substring(0, advice);
      text =
          why
              + ", at "
              + reason.op()
              + " "
              + reason.node()
              + (advice < 0 ? "" : text.substring(advice));
    }
    return new FrozenAxis(node.label(), EVERY_AXIS, node.label(), node.op().toString(), text);
  }

  /** The nodes of layers that have a width or a kernel. */
  private BitSet told() {
    Set<String> named = new HashSet<>();
    for (HparamSpec spec : space.hparams()) {
      if (spec.kind() != Dial.Kind.DEPTH) {
        named.add(spec.name().substring(0, spec.name().lastIndexOf('.')));
      }
    }
    BitSet told = new BitSet();
    for (Space.ElasticLayer elastic : space.layers()) {
      if (named.contains(elastic.layer().name())) {
        add(elastic.layer(), told);
      }
    }
    space.failures().forEach(failure -> add(failure.layer(), told));
    space.consumers().forEach(consumer -> told.set(consumer.node()));
    return told;
  }

  /** Nodes that nobody knows what they do: the uncounted, and those of operators of others. */
  private BitSet strange(List<FrozenAxis> widths) {
    Set<String> named = new HashSet<>();
    widths.forEach(axis -> named.add(axis.node()));
    BitSet strange = new BitSet();
    map.uncounted().forEach(strange::set);
    for (int index : map.untyped()) {
      if (!graph.nodes().get(index).op().domain().isEmpty()) {
        strange.set(index);
      }
    }
    for (GraphNode node : graph.nodes()) {
      if (named.contains(node.label())) {
        strange.clear(node.index());
      }
    }
    return strange;
  }

  private static void add(Layer layer, BitSet told) {
    for (Node node : layer.nodes()) {
      told.set(((NodeView) node).node().index());
    }
  }

  private boolean isParameter(GraphNode node) {
    return node.outputs().stream()
        .allMatch(output -> output < 0 || graph.tensor(output).parameter());
  }

  /** What stands inside a node is not looked into. */
  private Optional<Reason> inside(GraphNode node) {
    Inner inner = graph.inner(node.index());
    long held = inner.parameters();
    for (int captured : node.captured()) {
      Constant constant = graph.constant(captured);
      held += constant != null && isWeight(constant) ? constant.size() : 0;
    }
    if (held == 0) {
      return Optional.empty();
    }
    String text =
        inner.operators().isEmpty()
            ? "its " + held + " weights stand among its attributes, which are not cut"
            : "the network of "
                + held
                + " parameters inside it is not looked into; export the branch or the body that"
                + " is to be smaller as a network of its own";
    return Optional.of(new Reason(node.label(), node.op().toString(), text));
  }

  /** Why no width of a parameter can be chosen that meets data here; empty if there is none. */
  private Optional<Reason> parameter(GraphNode node) {
    Optional<Reason> found = Optional.empty();
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      List<Layout> axes = input < 0 ? null : map.input(node.index(), i);
      if (axes == null || !isLong(node, i, axes)) {
        continue;
      }
      if (axes.stream().anyMatch(this::isTurned)) {
        return Optional.empty();
      }
      if (found.isEmpty()) {
        found = Optional.of(reason(node, axes));
      }
    }
    return found;
  }

  /** Whether it is a weight with an axis longer than 1, and no setting. */
  private boolean isLong(GraphNode node, int input, List<Layout> axes) {
    int tensor = node.inputs().get(input);
    Constant constant = graph.constant(tensor);
    return graph.tensor(tensor).parameter()
        && axes.stream().anyMatch(axis -> axis.extent() > 1)
        && !map.facts(node.index()).statistics().contains(input)
        && (constant == null ? !graph.integral(tensor) : isWeight(constant));
  }

  private static boolean isWeight(Constant constant) {
    return constant.dims().length > 0 && (!constant.integer() || constant.narrow());
  }

  private boolean isTurned(Layout axis) {
    boolean[] found = new boolean[1];
    Layout.forEachSymbol(axis, symbol -> found[0] |= turned.contains(symbol));
    return found[0];
  }

  /** What the node itself does, else what fixes the longest axis; nobody names one that is free. */
  private static Reason reason(GraphNode node, List<Layout> axes) {
    Layout longest = axes.get(0);
    for (Layout axis : axes) {
      if (axis.extent() > 1
          && !axis.isFree()
          && FrozenAxes.reason(axis).node().equals(node.label())) {
        return FrozenAxes.reason(axis);
      }
      longest = axis.extent() > longest.extent() ? axis : longest;
    }
    return longest.isFree()
        ? new Reason(
            node.label(),
            node.op().toString(),
            "no module names its widths; a plugin with a DynamicModule for it can")
        : FrozenAxes.reason(longest);
  }

  /** Why the shape of what a node computes is not known, or fixed. */
  private Optional<Reason> shape(GraphNode node) {
    for (int output : node.outputs()) {
      List<Layout> axes = output < 0 ? null : map.tensor(output);
      if (output >= 0 && map.unknown(output).isPresent()) {
        return map.unknown(output);
      }
      if (axes != null) {
        for (Layout axis : axes) {
          if (!axis.isFree() && FrozenAxes.reason(axis).node().equals(node.label())) {
            return Optional.of(FrozenAxes.reason(axis));
          }
        }
      }
    }
    return Optional.of(
        new Reason(
            node.label(),
            node.op().toString(),
            "how its widths depend on each other is not known"));
  }
}
