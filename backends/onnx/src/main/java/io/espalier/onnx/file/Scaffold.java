package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/** Makes the nodes that stand around an opened body, in the place of the loop itself. */
final class Scaffold {
  private final NodeProto loop;
  private final BranchNodes names;

  Scaffold(NodeProto loop, BranchNodes names) {
    this.loop = loop;
    this.names = names;
  }

  /** A name for a tensor of the scaffold. */
  String tensor(String what) {
    return names.tensor(loop.getOutput(0) + "/" + what);
  }

  /** A node; what makes an output of the loop is called as the loop is. */
  NodeProto part(String operator, List<String> inputs, String output) {
    boolean whole = output.equals(loop.getOutput(0));
    String name = whole ? loop.getName() : names.node(loop.getName() + "/" + output);
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllMetadataProps(loop.getMetadataPropsList());
    return LoopMarks.part(node.build(), loop.getOutput(0));
  }

  /** A node that is traced as the loop. */
  NodeProto typed(NodeProto part) {
    return LoopMarks.typed(part, loop.getOpType());
  }

  /** A node that gives one number, in a list. */
  NodeProto numbers(String output, long number) {
    TensorProto.Builder value =
        TensorProto.newBuilder().setDataType(DataTypes.INT64).addDims(1).addInt64Data(number);
    return part("Constant", List.of(), output).toBuilder()
        .addAttribute(
            AttributeProto.newBuilder().setName("value").setType(AttributeType.TENSOR).setT(value))
        .build();
  }

  /** A node with an attribute. */
  static NodeProto with(NodeProto node, String attribute, long value) {
    return node.toBuilder()
        .addAttribute(
            AttributeProto.newBuilder().setName(attribute).setType(AttributeType.INT).setI(value))
        .build();
  }
}
