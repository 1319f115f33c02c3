package io.espalier.onnx.calibrate;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The part of a model that some of its inner tensors depend on. */
final class Excerpt {
  private Excerpt() {}

  /**
   * An edit that leaves only the nodes that the tensors depend on, and no output.
   *
   * @param tensors names of tensors of the main graph
   */
  static OnnxEdit of(OnnxModel model, Collection<String> tensors) {
    Map<String, Integer> producers = new HashMap<>();
    List<NodeProto> nodes = model.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        producers.put(output, i);
      }
    }
    Set<Integer> needed = new HashSet<>();
    Set<String> read = new HashSet<>();
    Deque<String> work = new ArrayDeque<>(tensors);
    while (!work.isEmpty()) {
      String tensor = work.pop();
      read.add(tensor);
      Integer producer = producers.get(tensor);
      if (producer != null && needed.add(producer)) {
        readBy(nodes.get(producer), work);
      }
    }
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < nodes.size(); i++) {
      if (!needed.contains(i)) {
        edit.removeNode(i);
      }
    }
    for (int i = 0; i < model.outputs().size(); i++) {
      edit.removeOutput(i);
    }
    for (String initializer : model.initializers().keySet()) {
      if (!read.contains(initializer)) {
        edit.removeInitializer(initializer);
      }
    }
    for (int i = 0; i < model.inputs().size(); i++) {
      String input = model.inputs().get(i).getName();
      if (model.initializers().containsKey(input) && !read.contains(input)) {
        edit.removeInput(i);
      }
    }
    return edit;
  }

  private static void readBy(NodeProto node, Deque<String> names) {
    node.getInputList().stream().filter(name -> !name.isEmpty()).forEach(names::add);
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        readBy(attribute.getG(), names);
      }
      attribute.getGraphsList().forEach(graph -> readBy(graph, names));
    }
  }

  /** What a body reads from outside stands among all that it reads. */
  private static void readBy(GraphProto body, Deque<String> names) {
    body.getNodeList().forEach(node -> readBy(node, names));
    body.getOutputList().stream().map(ValueInfoProto::getName).forEach(names::add);
  }
}
