package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Cut;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.SpelledOut;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Removes what carving left without readers, and blocks that are taken out. What nobody read before
 * stays: it is not ours to tidy up.
 */
final class DeadCode {
  private final TracedOnnx traced;
  private final Cut cut;
  private final OnnxModel model;
  private final NodeEdits nodes;
  private final Map<Integer, List<NodeProto>> inserted;
  private final OnnxEdit edit;

  /** What the nodes around the body of a loop make, which stay together. */
  private final Map<String, List<String>> around = new HashMap<>();

  DeadCode(
      TracedOnnx traced,
      Cut cut,
      NodeEdits nodes,
      Map<Integer, List<NodeProto>> inserted,
      OnnxEdit edit) {
    this.traced = traced;
    this.cut = cut;
    this.model = traced.model();
    this.nodes = nodes;
    this.inserted = inserted;
    this.edit = edit;
    for (NodeProto node : model.nodes()) {
      String loop = SpelledOut.loop(node);
      if (!loop.isEmpty()) {
        around.computeIfAbsent(loop, key -> new ArrayList<>()).addAll(node.getOutputList());
      }
    }
  }

  void remove() {
    Set<String> before = read(model.nodes()::get, Map.of(), Set.of());
    Set<String> after = read(nodes::node, inserted, readByIdle(before));
    Set<String> takenOut = new HashSet<>();
    for (int i = 0; i < model.nodes().size(); i++) {
      if (isTakenOut(i, after)) {
        takenOut.addAll(model.nodes().get(i).getInputList());
        takenOut.addAll(model.nodes().get(i).getOutputList());
        edit.removeNode(i);
      } else if (isRead(i, before) && !isRead(i, after)) {
        edit.removeNode(i);
      }
    }
    Predicate<String> isLost =
        name -> (before.contains(name) || takenOut.contains(name)) && !after.contains(name);
    for (int i = 0; i < model.inputs().size(); i++) {
      String name = model.inputs().get(i).getName();
      if (model.initializers().containsKey(name) && isLost.test(name)) {
        edit.removeInput(i);
      }
    }
    for (String name : model.initializers().keySet()) {
      if (isLost.test(name)) {
        edit.removeInitializer(name);
      }
    }
    for (int i = 0; i < model.valueInfos().size(); i++) {
      String name = model.valueInfos().get(i).getName();
      if (isLost.test(name)) {
        edit.removeValueInfo(i);
      }
    }
  }

  /** Whether a node goes with its block, and does not stay as a copy that outputs need. */
  private boolean isTakenOut(int node, Set<String> after) {
    int index = traced.graphIndex(node);
    return index >= 0 && cut.skips(index) && !isRead(node, after);
  }

  /** What nodes read that nobody reads: they stay, and what they read with them. */
  private Set<String> readByIdle(Set<String> before) {
    Set<String> read = new HashSet<>();
    for (GraphNode node : traced.graph().nodes()) {
      int index = traced.onnxIndex(node.index());
      if (index >= 0 && !cut.skips(node.index()) && !isRead(index, before)) {
        read.addAll(nodes.node(index).getInputList());
        node.captured().forEach(id -> read.add(traced.graph().tensor(id).name()));
      }
    }
    return read;
  }

  private boolean isRead(int node, Set<String> read) {
    return isRead(model.nodes().get(node), read);
  }

  private static boolean isRead(NodeProto node, Set<String> read) {
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (read.contains(node.getOutput(i))) {
        return true;
      }
    }
    return false;
  }

  /** The tensors that the outputs of the model, and some others, depend on. */
  private Set<String> read(
      IntFunction<NodeProto> nodeAt, Map<Integer, List<NodeProto>> added, Set<String> others) {
    Set<String> read = new HashSet<>(others);
    model.outputs().forEach(output -> read.add(output.getName()));
    List<GraphNode> order = traced.graph().nodes();
    for (int i = order.size() - 1; i >= 0; i--) {
      int index = traced.onnxIndex(i);
      if (index < 0) {
        continue;
      }
      List<NodeProto> behind = added.getOrDefault(index + 1, List.of());
      for (int j = behind.size() - 1; j >= 0; j--) {
        follow(behind.get(j), read);
      }
      if (follow(nodeAt.apply(index), read)) {
        order.get(i).captured().forEach(id -> read.add(traced.graph().tensor(id).name()));
      }
    }
    return read;
  }

  /** Adds what a node reads, if anything of it is read. */
  private boolean follow(NodeProto node, Set<String> read) {
    if (!isRead(node, read)) {
      return false;
    }
    read.addAll(around.getOrDefault(SpelledOut.loop(node), List.of()));
    read.addAll(node.getInputList());
    return true;
  }
}
