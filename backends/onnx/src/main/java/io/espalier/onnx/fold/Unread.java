package io.espalier.onnx.fold;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.trace.Captures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What nobody reads any more once some tensors are there as values. */
final class Unread {
  private final OnnxModel model;
  private final List<Integer> nodes = new ArrayList<>();
  private final Set<String> tensors = new LinkedHashSet<>();

  /**
   * @param makers the nodes that make the values, in the order of the file
   * @param values the names of these tensors
   */
  Unread(OnnxModel model, Set<Integer> makers, Set<String> values) {
    this.model = model;
    Map<String, Integer> reads = new HashMap<>();
    model.outputs().forEach(output -> reads.merge(output.getName(), 1, Integer::sum));
    for (NodeProto node : model.nodes()) {
      reads(node).forEach(name -> reads.merge(name, 1, Integer::sum));
    }
    List<Integer> order = new ArrayList<>(makers);
    for (int i = order.size() - 1; i >= 0; i--) {
      NodeProto node = model.nodes().get(order.get(i));
      boolean needed =
          node.getOutputList().stream()
              .anyMatch(output -> !values.contains(output) && reads.getOrDefault(output, 0) > 0);
      if (!needed) {
        nodes.add(order.get(i));
        reads(node).forEach(name -> reads.merge(name, -1, Integer::sum));
        tensors.addAll(node.getInputList());
        tensors.addAll(node.getOutputList());
      }
    }
    tensors.removeIf(name -> values.contains(name) || reads.getOrDefault(name, 0) > 0);
  }

  private static List<String> reads(NodeProto node) {
    List<String> names = new ArrayList<>(node.getInputList());
    names.addAll(Captures.of(node));
    return names;
  }

  /** The initializers among them. */
  List<String> initializers() {
    return model.initializers().keySet().stream().filter(tensors::contains).toList();
  }

  /** Takes it all out of the model. */
  void removeFrom(OnnxEdit edit) {
    nodes.forEach(edit::removeNode);
    initializers().forEach(edit::removeInitializer);
    for (int i = 0; i < model.inputs().size(); i++) {
      if (tensors.contains(model.inputs().get(i).getName())) {
        edit.removeInput(i);
      }
    }
    for (int i = 0; i < model.valueInfos().size(); i++) {
      if (tensors.contains(model.valueInfos().get(i).getName())) {
        edit.removeValueInfo(i);
      }
    }
  }
}
