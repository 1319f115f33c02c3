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

  /** The names of all tensors that the nodes of an edited model, or its outputs, read or make. */
  static Set<String> read(OnnxModel model, OnnxEdit edit) {
    NamesWithin names = new NamesWithin(List.of());
    for (int i = 0; i <= model.nodes().size(); i++) {
      edit.nodesBefore(i).forEach(names::add);
      if (i < model.nodes().size()) {
        NodeProto node = model.nodes().get(i);
        edit.replacement(GraphProto.NODE_FIELD_NUMBER, i)
            .ifPresentOrElse(
                messages -> messages.forEach(message -> names.add((NodeProto) message)),
                () -> names.add(node));
      }
    }
    model.outputs().forEach(output -> names.tensors.add(output.getName()));
    edit.addedOutputs().forEach(output -> names.tensors.add(output.getName()));
    return names.tensors;
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
