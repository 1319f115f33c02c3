package io.espalier.onnx.trace;

import io.espalier.onnx.trace.LayerName.Origin;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Proposes names for layers: what PyTorch calls the module wherever that can be found out,
 * whichever exporter wrote the file. Best first:
 *
 * <ol>
 *   <li>the name of a stored parameter, {@code layer1.0.conv1.weight}, without its last part; also
 *       {@code gpu_0/res2_branch1_w_0} of Caffe2. It comes first because a convolution with its
 *       norm folded in says that it belongs to the norm. A parameter that several nodes read,
 *       though, may be one that the exporter merged with its equals: the module that the node
 *       belongs to counts more then;
 *   <li>the module that the node belongs to;
 *   <li>the node's name;
 *   <li>the name of a stored parameter without a dot;
 *   <li>type and number.
 * </ol>
 */
final class LayerNamer {
  private static final String DYNAMO = "node_";

  private final Graph.Builder graph;
  private final Parameters parameters;
  private final int[] ordinals;

  LayerNamer(Graph.Builder graph, Parameters parameters) {
    this.graph = graph;
    this.parameters = parameters;
    this.ordinals = new int[graph.nodes().size()];
    Map<OpId, Integer> counts = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      ordinals[node.index()] = counts.merge(node.op(), 1, Integer::sum) - 1;
    }
  }

  LayerName propose(GraphNode node, List<Integer> weights, Scope scope) {
    String fallback = "";
    for (int weight : weights) {
      for (int at = weight; at >= 0; at = parameters.source(at)) {
        String module = LayerName.ofParameter(graph.tensor(at).name(), node.op().name());
        if (module.isEmpty()) {
          continue;
        }
        if (parameters.readers(at) <= 1 || agree(module, scope)) {
          return new LayerName(module, Origin.PARAMETER);
        }
        fallback = fallback.isEmpty() ? module : fallback;
        break;
      }
    }
    if (!scope.isRoot()) {
      return new LayerName(scope.name(), Origin.SCOPE);
    }
    return fallback.isEmpty()
        ? new LayerName(ownName(node, weights), Origin.NODE)
        : new LayerName(fallback, Origin.PARAMETER);
  }

  private static boolean agree(String module, Scope scope) {
    return scope.around(module) == scope || LayerName.isRepeat(scope.name(), module);
  }

  private String ownName(GraphNode node, List<Integer> weights) {
    String name = node.name();
    boolean dynamo = name.startsWith(DYNAMO);
    if (!dynamo && LayerName.isName(name)) {
      return name;
    }
    for (int weight : weights) {
      for (int at = weight; at >= 0; at = parameters.source(at)) {
        String plain = LayerName.ofPlainParameter(graph.tensor(at).name());
        if (graph.tensor(at).constant() != null && !plain.isEmpty()) {
          return plain;
        }
      }
    }
    return dynamo && LayerName.isName(name)
        ? name.substring(DYNAMO.length())
        : node.op().name() + "_" + ordinals[node.index()];
  }
}
