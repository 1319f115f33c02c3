package io.espalier.core.checks;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is checked of a solved network.
 *
 * @param graph the network
 * @param symbols its free widths
 * @param tensors the layouts of what is computed
 * @param inputs the layouts of what nodes read
 * @param unknown why the shape of a tensor is not known
 */
record Solved(
    Graph graph,
    List<Layout.Symbol> symbols,
    Tensors tensors,
    Inputs inputs,
    IntFunction<Optional<Reason>> unknown) {

  /** The layouts of tensors. */
  @FunctionalInterface
  interface Tensors {
    /** Those of one; null where its shape is not known, or it is a constant. */
    @Nullable List<Layout> axes(int tensor);
  }

  /** The layouts of what nodes read. */
  @FunctionalInterface
  interface Inputs {
    /** Those of one input; null where it is left out, or its shape is not known. */
    @Nullable List<Layout> axes(int node, int input);
  }

  static Solved of(SymMap map) {
    return new Solved(map.graph(), map.symbols(), map::tensor, map::input, map::unknown);
  }

  /** Looks at the axes of everything that is computed or read. */
  void forEachAxes(Axes visitor) {
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        List<Layout> axes = inputs.axes(node.index(), i);
        if (axes != null) {
          visitor.visit(node, axes);
        }
      }
      for (int output : node.outputs()) {
        List<Layout> axes = output < 0 ? null : tensors.axes(output);
        if (axes != null) {
          visitor.visit(node, axes);
        }
      }
    }
  }

  /** Is shown axes. */
  @FunctionalInterface
  interface Axes {
    /** Looks at the axes of one thing that a node reads or computes. */
    void visit(GraphNode node, List<Layout> axes);
  }
}
