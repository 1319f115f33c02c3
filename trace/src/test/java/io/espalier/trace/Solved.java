package io.espalier.trace;

import io.espalier.spi.Ints;
import java.util.List;
import java.util.stream.Collectors;

/** A solved network, with its layouts as text: symbols are a, b, c... in graph order. */
record Solved(SymMap map) {
  private static String letter(Layout.Symbol symbol) {
    return (char) ('a' + symbol.index()) + "(" + symbol.extent() + ")";
  }

  private static String text(List<Layout> axes) {
    return axes.stream()
        .map(axis -> Layout.print(axis, Solved::letter))
        .collect(Collectors.joining(", "));
  }

  int id(String tensor) {
    return map.graph().tensors().stream()
        .filter(t -> t.name().equals(tensor))
        .findFirst()
        .orElseThrow()
        .id();
  }

  GraphNode node(String name) {
    return map.graph().nodes().stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The axes of a tensor, or {@code unknown: } and the reason. */
  String tensor(String name) {
    List<Layout> axes = map.tensor(id(name));
    return axes == null
        ? "unknown: " + map.unknown(id(name)).map(Reason::text).orElse("no reason")
        : text(axes);
  }

  /** The axes of a tensor, whose shape is known. */
  List<Layout> axes(String tensor) {
    List<Layout> axes = map.tensor(id(tensor));
    if (axes == null) {
      throw new AssertionError("the shape of " + tensor + " is not known");
    }
    return axes;
  }

  /** The axes of a constant as a node sees it. */
  String use(String node, int input) {
    List<Layout> axes = map.input(node(node).index(), input);
    return axes == null ? "unknown" : text(axes);
  }

  /** Why an axis of a tensor is fixed: {@code node/operator: text}. */
  String why(String tensor, int axis) {
    List<Layout> axes = map.tensor(id(tensor));
    return axes == null ? "unknown" : why(axes.get(axis));
  }

  String why(String node, int input, int axis) {
    List<Layout> axes = map.input(node(node).index(), input);
    return axes == null ? "unknown" : why(axes.get(axis));
  }

  /** An axis of an input, which is fixed. */
  Layout.Fixed fixed(String node, int input, int axis) {
    List<Layout> axes = map.input(node(node).index(), input);
    if (axes == null) {
      throw new AssertionError("the shape of input " + input + " of " + node + " is not known");
    }
    return (Layout.Fixed) axes.get(axis);
  }

  private static String why(Layout layout) {
    return layout instanceof Layout.Fixed fixed
        ? fixed.reason().node() + "/" + fixed.reason().op() + ": " + fixed.reason().text()
        : "not fixed: " + layout;
  }

  /** The elements that carving must rewrite: {@code input[index]=value at half of every width}. */
  String elements(String node) {
    return map.facts(node(node).index()).elements().stream()
        .map(e -> e.input() + "[" + e.index() + "]=" + atHalf(e.value()))
        .collect(Collectors.joining(" "));
  }

  private static long atHalf(Expression expression) {
    return expression.value(symbol -> symbol.extent() / 2);
  }

  /** The elements of an integer tensor at half of every width. */
  List<Long> intsAtHalf(String tensor) {
    Ints ints = map.ints(id(tensor)).orElseThrow();
    return ints.elements().stream().map(e -> atHalf((Expression) e)).toList();
  }

  List<String> symbols() {
    return map.symbols().stream().map(Solved::letter).toList();
  }
}
