package io.espalier.core.checks;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is checked of the manifest of a cut.
 *
 * @param cut the cut
 * @param manifest what it lists
 * @param tensors the tensors of the network by name
 */
record Listed(Cut cut, Manifest manifest, Map<String, Tensor> tensors) {
  static Listed of(Cut cut, Manifest manifest) {
    Map<String, Tensor> tensors = new HashMap<>();
    graph(cut).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    return new Listed(cut, manifest, tensors);
  }

  private static Graph graph(Cut cut) {
    return cut.map().graph();
  }

  Graph graph() {
    return graph(cut);
  }

  /** The node that computes a tensor; null if none does. */
  @Nullable GraphNode node(String output) {
    Tensor tensor = tensors.get(output);
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
