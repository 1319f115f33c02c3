package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Sigmoids as {@code 1 / (1 + exp(-x))}. Those of ONNX Runtime are right to 6e-8, which is nothing
 * beside 1, but all there is of a sigmoid of -16.
 */
final class SpelledSigmoids {
  private SpelledSigmoids() {}

  static boolean isIn(OnnxModel model) {
    return model.nodes().stream().anyMatch(SpelledSigmoids::isSigmoid);
  }

  private static boolean isSigmoid(NodeProto node) {
    return node.getOpType().equals("Sigmoid") && node.getDomain().isEmpty();
  }

  /** The result of edits, with its sigmoids spelled out. */
  static OnnxEdit of(OnnxEdit edit) {
    OnnxModel model = edit.toModel();
    OnnxEdit result = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      if (isSigmoid(node)) {
        result.removeNode(i).insertNodesBefore(i, spelled(node, "espalier_sigmoid/" + i + "/"));
      }
    }
    return result;
  }

  /** The one is written as exp(x - x), which has the type of x. */
  private static List<NodeProto> spelled(NodeProto sigmoid, String prefix) {
    String x = sigmoid.getInput(0);
    List<NodeProto> nodes = new ArrayList<>();
    nodes.add(node("Neg", prefix + "negative", x));
    nodes.add(node("Exp", prefix + "power", prefix + "negative"));
    nodes.add(node("Sub", prefix + "zero", x, x));
    nodes.add(node("Exp", prefix + "one", prefix + "zero"));
    nodes.add(node("Add", prefix + "sum", prefix + "power", prefix + "one"));
    nodes.add(node("Reciprocal", sigmoid.getOutput(0), prefix + "sum"));
    return nodes;
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
