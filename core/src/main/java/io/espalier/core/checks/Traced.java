package io.espalier.core.checks;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What is checked of a traced network.
 *
 * @param nodes its operators
 * @param tensors its tensors
 * @param inputs the tensors that a caller feeds
 * @param outputs the tensors that a caller reads
 * @param layers its layers, those inside others too
 */
record Traced(
    List<GraphNode> nodes,
    List<Tensor> tensors,
    List<Integer> inputs,
    List<Integer> outputs,
    List<LayerNode> layers) {

  static Traced of(Graph graph) {
    List<LayerNode> layers = new ArrayList<>();
    addAll(graph.layers(), layers);
    return new Traced(graph.nodes(), graph.tensors(), graph.inputs(), graph.outputs(), layers);
  }

  private static void addAll(List<LayerNode> tree, List<LayerNode> layers) {
    for (LayerNode layer : tree) {
      layers.add(layer);
      addAll(layer.children(), layers);
    }
  }
}
