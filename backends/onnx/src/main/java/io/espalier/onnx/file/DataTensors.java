package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tensors of a model that depend on an input. */
final class DataTensors {
  private final Set<String> names = new HashSet<>();

  DataTensors(OnnxModel model) {
    model.inputs().stream()
        .map(ValueInfoProto::getName)
        .filter(input -> !model.initializers().containsKey(input))
        .forEach(names::add);
    follow(model.nodes(), names);
  }

  /** Those, and those that nodes inside of a node make of them and of others. */
  Set<String> and(List<String> others, List<NodeProto> nodes) {
    Set<String> inside = new HashSet<>(names);
    inside.addAll(others);
    follow(nodes, inside);
    return inside;
  }

  private static void follow(List<NodeProto> nodes, Set<String> data) {
    for (NodeProto node : nodes) {
      if (new NamesWithin(List.of(node)).tensors().stream().anyMatch(data::contains)) {
        data.addAll(node.getOutputList());
      }
    }
    data.remove("");
  }
}
