package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A traced ONNX model: the graph, and what in the file each part of it stands for. Immutable.
 *
 * <p>Three things stand in the one that do not in the other: a Constant node of the file is a
 * constant tensor of the graph; a tensor whose elements cannot be followed (sparse, strings, fewer
 * than 8 bits) is a node of the graph, of an operator that has no rule; and an initializer that
 * nothing reads is a tensor all the same.
 */
public final class TracedOnnx {
  private final OnnxModel model;
  private final Graph graph;
  private final int[] onnxIndices;
  private final int[] graphIndices;
  private final Map<Integer, Integer> constantNodes;

  TracedOnnx(OnnxModel model, Graph graph, int[] onnxIndices, Map<Integer, Integer> constantNodes) {
    this.model = model;
    this.graph = graph;
    this.onnxIndices = onnxIndices;
    this.constantNodes = Map.copyOf(constantNodes);
    this.graphIndices = new int[model.nodes().size()];
    Arrays.fill(graphIndices, -1);
    for (int i = 0; i < onnxIndices.length; i++) {
      if (onnxIndices[i] >= 0) {
        graphIndices[onnxIndices[i]] = i;
      }
    }
  }

  /** The file. */
  public OnnxModel model() {
    return model;
  }

  /** The graph. */
  public Graph graph() {
    return graph;
  }

  /**
   * The position in {@link OnnxModel#nodes()} of a node of the graph; -1 for one that stands for an
   * initializer whose elements cannot be followed.
   */
  public int onnxIndex(int graphNode) {
    return onnxIndices[graphNode];
  }

  /** The node of the file that a node of the graph stands for, if it stands for one. */
  public Optional<NodeProto> proto(int graphNode) {
    int index = onnxIndices[graphNode];
    return index < 0 ? Optional.empty() : Optional.of(model.nodes().get(index));
  }

  /** The index in the graph of a node of the file; -1 for a Constant node that became a tensor. */
  public int graphIndex(int onnxNode) {
    return graphIndices[onnxNode];
  }

  /** The id of the tensor of a name; -1 if there is none. */
  public int tensorId(String name) {
    Tensor tensor = graph.tensor(name);
    return tensor == null ? -1 : tensor.id();
  }

  /** The node that computes a tensor, if one does. */
  public Optional<GraphNode> producer(int tensor) {
    int producer = graph.tensor(tensor).producer();
    return producer < 0 ? Optional.empty() : Optional.of(graph.nodes().get(producer));
  }

  /**
   * What the file holds of a constant tensor: an initializer or the value of a Constant node. Empty
   * for tensors that are computed or fed; Identity nodes are not looked through, which {@link
   * Graph#root} does.
   */
  public Optional<OnnxTensor> stored(int tensor) {
    Constant constant = graph.tensor(tensor).constant();
    return constant instanceof TensorConstant stored
        ? Optional.of(stored.tensor())
        : Optional.empty();
  }

  /**
   * The position in {@link OnnxModel#nodes()} of the Constant node that a constant tensor comes
   * from; -1 for an initializer, and for a tensor that is no constant.
   */
  public int constantNode(int tensor) {
    return constantNodes.getOrDefault(tensor, -1);
  }
}
