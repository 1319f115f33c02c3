package io.espalier.modules;

import io.espalier.spi.Axis;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.trace.Expression;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A solved network as text. Symbols are written a, b, c... in graph order; a window with the least
 * it may shrink to: {@code b(7..3)}.
 */
public record Solved(SymMap map, DMRegistry registry) {
  private static String letter(Layout.Symbol symbol) {
    return (char) ('a' + symbol.index())
        + "("
        + symbol.extent()
        + (symbol.window() ? ".." + symbol.least() : "")
        + ")";
  }

  private static String text(@Nullable List<? extends Axis> axes) {
    return axes == null
        ? "unknown"
        : axes.stream()
            .map(axis -> Layout.print((Layout) axis, Solved::letter))
            .collect(Collectors.joining(", "));
  }

  /** The axes of a tensor that is no constant. */
  public String tensor(String name) {
    return text(map.tensor(id(name)));
  }

  /** The axes of an input as its node sees it. */
  public String use(String node, int input) {
    return text(map.input(node(node).index(), input));
  }

  /** Why an axis of a tensor is fixed: {@code node/operator: text}. */
  public String why(String tensor, int axis) {
    return why(Objects.requireNonNull(map.tensor(id(tensor)), tensor).get(axis));
  }

  /** Why an axis of an input is fixed. */
  public String why(String node, int input, int axis) {
    return why(Objects.requireNonNull(map.input(node(node).index(), input), node).get(axis));
  }

  private static String why(Layout layout) {
    return layout instanceof Layout.Fixed fixed
        ? fixed.reason().node() + "/" + fixed.reason().op() + ": " + fixed.reason().text()
        : "not fixed: " + layout;
  }

  /** Why the shape of a tensor is not known. */
  public String unknown(String tensor) {
    return map.unknown(id(tensor)).map(Reason::text).orElse("known");
  }

  /**
   * What carving must rewrite in a node, at the original widths and at half of them: {@code
   * group=8->4 1[2]=64->32}.
   */
  public String targets(String node) {
    NodeFacts facts = map.facts(node(node).index());
    return Stream.concat(
            facts.attributes().stream()
                .map(
                    target ->
                        target.name()
                            + (target.index() < 0 ? "" : "[" + target.index() + "]")
                            + atHalf(target.value())),
            facts.elements().stream()
                .map(
                    target -> target.input() + "[" + target.index() + "]" + atHalf(target.value())))
        .collect(Collectors.joining(" "));
  }

  private static String atHalf(Expression value) {
    long half =
        value.value(symbol -> symbol.window() ? symbol.least() : Math.max(1, symbol.extent() / 2));
    return "=" + value.value() + (half == value.value() ? "" : "->" + half);
  }

  /** What the rule of a node declared. */
  public NodeFacts facts(String node) {
    return map.facts(node(node).index());
  }

  /** The multiply-accumulate operations of a node, as products of layouts. */
  public String macs(String node) {
    return map.facts(node(node).index()).macs().stream()
        .map(factors -> factors.stream().map(Solved::one).collect(Collectors.joining(" * ")))
        .collect(Collectors.joining(" + "));
  }

  private static String one(Layout layout) {
    return Layout.print(layout, Solved::letter);
  }

  /** The free input axes that a node normalises over: {@code input.axis}. */
  public List<String> normalised(String node) {
    GraphNode n = node(node);
    return map.facts(n.index()).normalised().stream()
        .filter(
            axis ->
                Objects.requireNonNull(map.input(n.index(), axis.input()))
                    .get(axis.axis())
                    .isFree())
        .map(axis -> axis.input() + "." + axis.axis())
        .toList();
  }

  /** The inputs of a node that must not be masked. */
  public List<Integer> unmaskable(String node) {
    return map.facts(node(node).index()).unmaskable().stream().sorted().toList();
  }

  /** Every free symbol, in graph order. */
  public List<String> symbols() {
    return map.symbols().stream().map(Solved::letter).toList();
  }

  /** The key of the module that claims the first layer; empty if there is none. */
  public String key() {
    return registry.module(map.layers().get(0)).map(DynamicModule::key).orElse("");
  }

  /** What the first layer's module says of it, one line for each thing. */
  public List<String> described() {
    Layer layer = map.layers().get(0);
    List<String> lines = new ArrayList<>();
    registry
        .module(layer)
        .orElseThrow()
        .describe(
            layer,
            new Hparams() {
              @Override
              public void width(String name, Axis axis, RuleOption ratio, RuleOption divisor) {
                lines.add(
                    name + " " + text(List.of(axis)) + " " + ratio.name() + " " + divisor.name());
              }

              @Override
              public void consumes(Node node, int input, int axis) {
                lines.add("consumes " + node.op() + " " + input + "." + axis);
              }

              @Override
              public void crop(String name, List<Axis> windows, RuleOption sizes) {
                lines.add(name + " " + text(windows) + " " + sizes.name());
              }

              @Override
              public void depth(String name, List<Layer> children, RuleOption least) {
                lines.add(
                    name
                        + " "
                        + children.stream().map(Layer::name).collect(Collectors.joining(", "))
                        + " "
                        + least.name());
              }
            });
    return lines;
  }

  /** The text of every reason that an axis of the network is fixed for. */
  public List<String> reasons() {
    List<String> texts = new ArrayList<>();
    for (GraphNode node : map.graph().nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        List<Layout> axes = node.inputs().get(i) < 0 ? null : map.input(node.index(), i);
        if (axes != null) {
          axes.forEach(axis -> texts.add(why(axis)));
        }
      }
    }
    return texts;
  }

  private int id(String tensor) {
    return map.graph().tensors().stream()
        .filter(t -> t.name().equals(tensor))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private GraphNode node(String name) {
    return map.graph().nodes().stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
