package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What nodes, and the sub-graphs that they hold, speak of. */
final class NamesWithin {
  private final Set<String> tensors = new HashSet<>();
  private final Set<String> domains = new HashSet<>();

  NamesWithin(List<NodeProto> nodes) {
    nodes.forEach(this::add);
  }

  /** The names of all tensors that they read or make. */
  Set<String> tensors() {
    return tensors;
  }

  /** The domains of their operators; the standard domain is the empty string. */
  Set<String> domains() {
    return domains;
  }

  private void add(NodeProto node) {
    domains.add(OnnxModel.domain(node.getDomain()));
    tensors.addAll(node.getInputList());
    tensors.addAll(node.getOutputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      add(attribute.getG());
      attribute.getGraphsList().forEach(this::add);
    }
  }

  private void add(GraphProto graph) {
    graph.getInputList().forEach(input -> tensors.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> tensors.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(tensor -> tensors.add(tensor.getValues().getName()));
    graph.getNodeList().forEach(this::add);
  }
}
