package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.file.OnnxEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happens to one node of the original: other nodes on its inputs, and behind its output. */
final class NodeEdit {
  private final NodeProto original;
  private final String prefix;
  private final NodeProto.Builder node;
  private final List<NodeProto> before = new ArrayList<>();
  private final List<NodeProto.Builder> after = new ArrayList<>();
  private final Map<Integer, NodeProto.Builder> lastBehind = new HashMap<>();
  private int made;

  NodeEdit(NodeProto original, String prefix) {
    this.original = original;
    this.prefix = prefix;
    this.node = original.toBuilder();
  }

  /** The node as it stands in the model. */
  NodeProto original() {
    return original;
  }

  /** The node as it is to be. */
  NodeProto.Builder node() {
    return node;
  }

  /** A constant for the nodes that are put around this one. */
  String constant(TensorProto value) {
    NodeProto.Builder constant =
        made("Constant", List.of())
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeType.TENSOR)
                    .setT(value));
    before.add(constant.build());
    return constant.getOutput(0);
  }

  /** Puts a node on one input: it reads what this one read there. */
  void onInput(int input, String operator, List<String> more, AttributeProto... attributes) {
    List<String> inputs = new ArrayList<>();
    inputs.add(node.getInput(input));
    inputs.addAll(more);
    NodeProto.Builder made = made(operator, inputs).addAllAttribute(List.of(attributes));
    before.add(made.build());
    node.setInput(input, made.getOutput(0));
  }

  /** Makes one input read what stands in a table at the positions that it read. */
  void mapInput(int input, TensorProto table) {
    NodeProto.Builder made = made("Gather", List.of(constant(table), node.getInput(input)));
    before.add(made.build());
    node.setInput(input, made.getOutput(0));
  }

  /** Puts a node behind an output: who read that one reads the new one. */
  void onOutput(int output, String operator, List<String> more, AttributeProto... attributes) {
    NodeProto.Builder last = lastBehind.getOrDefault(output, node);
    int at = lastBehind.containsKey(output) ? 0 : output;
    String name = last.getOutput(at);
    String inner = prefix + made + "_inner";
    last.setOutput(at, inner);
    List<String> inputs = new ArrayList<>();
    inputs.add(inner);
    inputs.addAll(more);
    NodeProto.Builder next =
        made(operator, inputs).setOutput(0, name).addAllAttribute(List.of(attributes));
    after.add(next);
    lastBehind.put(output, next);
  }

  private NodeProto.Builder made(String operator, List<String> inputs) {
    String name = prefix + operator + made++;
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(name)
        .addAllInput(inputs)
        .addOutput(name);
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  /** Writes what was changed; nodes have to be written in the order of the model. */
  void apply(OnnxEdit edit, int index) {
    if (!before.isEmpty()) {
      edit.insertNodesBefore(index, before);
    }
    NodeProto changed = node.build();
    if (!changed.equals(original)) {
      edit.replaceNode(index, changed);
    }
    if (!after.isEmpty()) {
      edit.insertNodesBefore(index + 1, after.stream().map(NodeProto.Builder::build).toList());
    }
  }

  /** How messages name the node. */
  @Override
  public String toString() {
    String operator =
        original.getDomain().isEmpty()
            ? original.getOpType()
            : original.getDomain() + ":" + original.getOpType();
    return "node '" + original.getName() + "' (" + operator + ")";
  }
}
