package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashSet;
import java.util.Set;

/** Names that a model does not use yet. */
final class Names {
  private final Set<String> taken = new HashSet<>();

  Names(OnnxModel model) {
    taken.addAll(model.initializers().keySet());
    model.inputs().forEach(input -> taken.add(input.getName()));
    model.nodes().forEach(this::take);
  }

  /** What a node makes, in branches and loops inside it, too. */
  private void take(NodeProto node) {
    taken.add(node.getName());
    taken.addAll(node.getOutputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        take(attribute.getG());
      }
      attribute.getGraphsList().forEach(this::take);
    }
  }

  private void take(GraphProto graph) {
    graph.getInputList().forEach(input -> taken.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
    graph.getNodeList().forEach(this::take);
  }

  /** The name, or, where it is taken, the same with a number behind it. */
  String fresh(String name) {
    String candidate = name;
    for (int i = 2; !taken.add(candidate); i++) {
      candidate = name + i;
    }
    return candidate;
  }
}
