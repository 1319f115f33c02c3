package io.espalier.onnx.operators;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;

/** The bodies of operators that run another graph. */
public final class SubGraphs {
  private SubGraphs() {}

  /** Applies one operator to a value of the graph around it. */
  public static GraphProto branch(String operator, String captured) {
    return GraphProto.newBuilder()
        .setName(operator + " of " + captured)
        .addNode(node(operator, "branch", captured))
        .addOutput(value("branch", DataType.FLOAT))
        .build();
  }

  /** The same, with the rank of its output, whose extents are open. */
  static GraphProto branch(String operator, String captured, int rank) {
    GraphProto.Builder branch = branch(operator, captured).toBuilder();
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int i = 0; i < rank; i++) {
      shape.addDimBuilder();
    }
    branch.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setShape(shape);
    return branch.build();
  }

  /** Adds a value of the graph around it in every turn. */
  static GraphProto loop(String captured) {
    return GraphProto.newBuilder()
        .setName("loop")
        .addInput(scalar("turn", DataType.INT64))
        .addInput(scalar("go", DataType.BOOL))
        .addInput(value("carried", DataType.FLOAT))
        .addNode(node("Identity", "go_on", "go"))
        .addNode(node("Add", "sum", "carried", captured))
        .addOutput(scalar("go_on", DataType.BOOL))
        .addOutput(value("sum", DataType.FLOAT))
        .build();
  }

  /** Running sums. */
  static GraphProto scan() {
    return GraphProto.newBuilder()
        .setName("scan")
        .addInput(value("carried", DataType.FLOAT))
        .addInput(value("element", DataType.FLOAT))
        .addNode(node("Add", "sum", "carried", "element"))
        .addNode(node("Identity", "seen", "sum"))
        .addOutput(value("sum", DataType.FLOAT))
        .addOutput(value("seen", DataType.FLOAT))
        .build();
  }

  /** The hyperbolic tangent of every element. */
  static GraphProto map() {
    return GraphProto.newBuilder()
        .setName("map")
        .addInput(value("element", DataType.FLOAT))
        .addNode(node("Tanh", "mapped", "element"))
        .addOutput(value("mapped", DataType.FLOAT))
        .build();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(java.util.List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static ValueInfoProto scalar(String name, DataType type) {
    return value(
        name,
        TypeProto.Tensor.newBuilder()
            .setElemType(type.getNumber())
            .setShape(TensorShapeProto.getDefaultInstance()));
  }

  private static ValueInfoProto value(String name, DataType type) {
    return value(name, TypeProto.Tensor.newBuilder().setElemType(type.getNumber()));
  }

  private static ValueInfoProto value(String name, TypeProto.Tensor.Builder type) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
