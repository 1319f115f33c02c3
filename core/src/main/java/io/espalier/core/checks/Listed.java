package io.espalier.core.checks;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is checked of the manifest of a cut.
 *
 * @param cut the cut
 * @param manifest what it lists
 */
record Listed(Cut cut, Manifest manifest) {
  Graph graph() {
    return cut.map().graph();
  }

  /** The node that computes a tensor; null if none does. */
  @Nullable GraphNode node(String output) {
    Tensor tensor = graph().tensor(output);
    return tensor == null || tensor.producer() < 0 ? null : graph().nodes().get(tensor.producer());
  }

  /** The axes of an input of the node that computes a tensor; none if it has no such input. */
  List<Layout> axes(String output, int input) {
    GraphNode node = node(output);
    List<Layout> axes =
        node == null || input < 0 || input >= node.inputs().size()
            ? null
            : cut.map().input(node.index(), input);
    return axes == null ? List.of() : axes;
  }
}
