package io.espalier.core.checks;

import io.espalier.spi.DMRegistry;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the layouts of a solved network. What a rule declares of its node beside types
 * is checked as soon as it is asked, so that one that is wrong freezes its node alone.
 */
public final class LayoutChecks {
  static final Checks<Solved> ALL =
      new Checks<>(
          List.of(
              new Check<>("a shape that is not known has a reason", LayoutChecks::known),
              new Check<>("a constant has the shape that is stored", LayoutChecks::constants),
              new Check<>("what others see is not free", LayoutChecks::visible),
              new Check<>("a width has a number and a range", LayoutChecks::symbols),
              new Check<>("an axis is made of widths that are listed", LayoutChecks::listed),
              new Check<>("what is stored once is cut alike for all", LayoutChecks::single)));

  /** Two settings at which widths of one extent differ, whatever their numbers. */
  private static final List<Layout.Widths> SETTINGS =
      List.of(symbol -> width(symbol, 0.6180339887498949), symbol -> width(symbol, 0.4142135623));

  private LayoutChecks() {}

  /**
   * Runs them.
   *
   * @param stage how a message calls the network
   * @throws CheckException at the first thing that does not hold
   */
  public static void check(String stage, SymMap map, DMRegistry registry) {
    ALL.run(stage, Solved.of(map), registry);
  }

  private static void known(Solved made, Faults faults) {
    for (int input : made.graph().inputs()) {
      if (isMissing(made, input)) {
        throw faults.at(label(made, input), "has no shape");
      }
    }
    for (GraphNode node : made.graph().nodes()) {
      for (int output : node.outputs()) {
        if (output >= 0 && isMissing(made, output)) {
          throw faults.at(node, "computes " + label(made, output) + " of no shape");
        }
      }
    }
  }

  private static boolean isMissing(Solved made, int tensor) {
    return made.tensors().axes(tensor) == null && made.unknown().apply(tensor).isEmpty();
  }

  private static void constants(Solved made, Faults faults) {
    Graph graph = made.graph();
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        Constant constant = input < 0 ? null : graph.constant(input);
        if (constant != null && !hasShape(made.inputs().axes(node.index(), i), constant.dims())) {
          throw faults.at(
              node, "reads constant " + label(made, input) + " as another shape than it has");
        }
      }
    }
  }

  private static boolean hasShape(@Nullable List<Layout> axes, long[] shape) {
    if (axes == null || axes.size() != shape.length) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      if (axes.get(i).extent() != shape[i]) {
        return false;
      }
    }
    return true;
  }

  private static void visible(Solved made, Faults faults) {
    for (int input : made.graph().inputs()) {
      seen(made, input, "what is fed", faults);
    }
    for (int output : made.graph().outputs()) {
      seen(made, output, "what is returned", faults);
    }
    for (GraphNode node : made.graph().nodes()) {
      for (int captured : node.captured()) {
        seen(made, captured, "what a sub-graph reads", faults);
      }
    }
  }

  private static void seen(Solved made, int tensor, String what, Faults faults) {
    List<Layout> axes = made.tensors().axes(tensor);
    if (axes != null && axes.stream().anyMatch(Layout::isFree)) {
      throw faults.at(label(made, tensor), "is " + what + " and has axes " + axes);
    }
  }

  private static void symbols(Solved made, Faults faults) {
    for (int i = 0; i < made.symbols().size(); i++) {
      Layout.Symbol symbol = made.symbols().get(i);
      boolean ranges = symbol.least() >= 1 && symbol.least() <= symbol.extent();
      if (symbol.index() != i || symbol.extent() < 2 || !ranges) {
        throw faults.at(
            "width " + symbol, "is number " + i + " and goes down to " + symbol.least());
      }
    }
  }

  private static void listed(Solved made, Faults faults) {
    // layouts share their parts, so that each is looked into once
    IdentityHashMap<Layout, Boolean> known = new IdentityHashMap<>();
    BitSet shown = new BitSet();
    Deque<Layout> open = new ArrayDeque<>();
    made.forEachAxes(
        (node, axes) -> {
          for (int i = 0; i < axes.size() || !open.isEmpty(); ) {
            Layout layout = open.isEmpty() ? axes.get(i++) : open.pop();
            if (layout instanceof Layout.Symbol symbol) {
              if (symbol.index() >= made.symbols().size()
                  || made.symbols().get(symbol.index()) != symbol) {
                throw faults.at(node, "has an axis of width " + symbol);
              }
              shown.set(symbol.index());
            } else if (layout instanceof Layout.Fixed fixed) {
              if (fixed.extent() < 0 || fixed.reason().text().isEmpty()) {
                throw faults.at(node, "has an axis fixed to " + fixed + " for no reason");
              }
            } else if (known.put(layout, true) == null) {
              open.addAll(
                  layout instanceof Layout.Concat concat
                      ? concat.parts()
                      : ((Layout.Product) layout).factors());
            }
          }
        });
    if (shown.cardinality() < made.symbols().size()) {
      Layout.Symbol missing = made.symbols().get(shown.nextClearBit(0));
      throw faults.at("width " + missing, "is listed and stands on no axis");
    }
  }

  private static void single(Solved made, Faults faults) {
    Graph graph = made.graph();
    IdentityHashMap<Constant, List<Layout>> first = new IdentityHashMap<>();
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        Constant constant = input < 0 ? null : graph.constant(input);
        List<Layout> axes = made.inputs().axes(node.index(), i);
        if (constant == null || axes == null || !constant.single()) {
          continue;
        }
        List<Layout> before = first.putIfAbsent(constant, axes);
        for (int axis = 0; before != null && axis < axes.size(); axis++) {
          if (!alike(before.get(axis), axes.get(axis))) {
            throw faults.at(
                node,
                "reads " + label(made, input) + " as " + axes + " and another one as " + before);
          }
        }
      }
    }
  }

  private static boolean alike(Layout a, Layout b) {
    return a == b || SETTINGS.stream().allMatch(widths -> a.extent(widths) == b.extent(widths));
  }

  private static long width(Layout.Symbol symbol, double step) {
    long choices = symbol.extent() - symbol.least() + 1;
    return symbol.least() + (long) ((symbol.index() + 1) * step % 1 * choices);
  }

  private static String label(Solved made, int tensor) {
    return "tensor \"" + made.graph().tensor(tensor).name() + "\"";
  }
}
