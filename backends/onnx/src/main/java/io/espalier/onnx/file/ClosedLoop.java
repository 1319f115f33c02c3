package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a loop of the nodes of its body and the {@link Scaffold} around them. */
final class ClosedLoop {
  private ClosedLoop() {}

  /**
   * The loop.
   *
   * @param scaffold the nodes around the body, in order
   * @param nodes those of the body
   */
  static NodeProto of(List<NodeProto> scaffold, List<NodeProto> nodes) {
    NodeProto last = scaffold.get(scaffold.size() - 1);
    NodeProto kept = LoopMarks.kept(last);
    NodeProto.Builder loop = kept.toBuilder().clearMetadataProps();
    BranchMarks.without(kept).getMetadataPropsList().forEach(loop::addMetadataProps);
    GraphProto.Builder body = Turns.of(kept).orElseThrow().body().toBuilder();
    body.addAllNode(nodes);
    Set<String> made = new HashSet<>();
    nodes.forEach(node -> made.addAll(node.getOutputList()));
    for (NodeProto part : scaffold) {
      int input = LoopMarks.input(part);
      if (input >= 0) {
        // the first input of what is carried is a condition
        loop.setInput(input, part.getInput(part.getInputCount() == 3 ? 1 : 0));
      }
      int entry = LoopMarks.entry(part);
      if (entry >= 0) {
        rename(body.getInputBuilder(entry), part.getOutput(0));
      }
      int end = LoopMarks.end(part);
      if (end >= 0) {
        rename(body.getOutputBuilder(end), handedOut(part, end, body, made));
      }
    }
    return Turns.withBody(loop.build(), body.build());
  }

  /** What the body gives: made in it, and nothing twice. */
  private static String handedOut(
      NodeProto part, int end, GraphProto.Builder body, Set<String> made) {
    String name = part.getInput(0);
    if (made.remove(name)) {
      return name;
    }
    String copy = part.getOutput(0) + "/end" + end;
    body.addNode(
        NodeProto.newBuilder().setOpType("Identity").setName(copy).addInput(name).addOutput(copy));
    return copy;
  }

  /** Lengths that a file states may be others now. */
  private static void rename(ValueInfoProto.Builder info, String name) {
    info.setName(name);
    if (info.getType().getTensorType().hasShape()) {
      TypeProto.Tensor.Builder type = info.getTypeBuilder().getTensorTypeBuilder();
      int rank = type.getShape().getDimCount();
      type.getShapeBuilder().clear();
      for (int i = 0; i < rank; i++) {
        type.getShapeBuilder().addDimBuilder();
      }
    }
  }
}
