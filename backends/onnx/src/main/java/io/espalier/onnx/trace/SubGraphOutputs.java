package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node with sub-graphs gives, as those declare it; models often say it nowhere else. What a
 * loop or a scan collects has one more axis, whose length nobody declares, and is left out.
 */
final class SubGraphOutputs {
  private SubGraphOutputs() {}

  /** By the name of the output of the node, what its sub-graph declares of it. */
  static Map<String, ValueInfoProto> of(NodeProto node) {
    return switch (node.getOpType()) {
      case "If" -> both(node, graph(node, "then_branch"), graph(node, "else_branch"));
      case "Loop" -> named(node, graph(node, "body"), 1, node.getInputCount() - 2);
      case "Scan" -> named(node, graph(node, "body"), 0, node.getInputCount() - scanned(node));
      default -> Map.of();
    };
  }

  private static @Nullable GraphProto graph(NodeProto node, String attribute) {
    for (AttributeProto candidate : node.getAttributeList()) {
      if (candidate.getName().equals(attribute) && candidate.hasG()) {
        return candidate.getG();
      }
    }
    return null;
  }

  private static int scanned(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("num_scan_inputs")) {
        return Math.toIntExact(attribute.getI());
      }
    }
    return node.getInputCount();
  }

  /** The outputs on which two branches agree. */
  private static Map<String, ValueInfoProto> both(
      NodeProto node, @Nullable GraphProto first, @Nullable GraphProto second) {
    Map<String, ValueInfoProto> declared = new HashMap<>();
    if (first == null || second == null) {
      return declared;
    }
    int count = Math.min(first.getOutputCount(), second.getOutputCount());
    for (int i = 0; i < Math.min(count, node.getOutputCount()); i++) {
      if (first.getOutput(i).getType().equals(second.getOutput(i).getType())) {
        declared.put(node.getOutput(i), first.getOutput(i));
      }
    }
    return declared;
  }

  /** The first outputs of a node, which a body gives behind some others. */
  private static Map<String, ValueInfoProto> named(
      NodeProto node, @Nullable GraphProto body, int behind, int count) {
    Map<String, ValueInfoProto> declared = new HashMap<>();
    List<ValueInfoProto> outputs = body == null ? List.of() : body.getOutputList();
    for (int i = 0; i < Math.min(count, node.getOutputCount()); i++) {
      if (i + behind < outputs.size()) {
        declared.put(node.getOutput(i), outputs.get(i + behind));
      }
    }
    return declared;
  }
}
