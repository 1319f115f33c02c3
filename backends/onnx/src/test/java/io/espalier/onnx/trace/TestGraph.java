package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.trace.LayerNode;
import java.util.ArrayList;
import java.util.List;

/** Builds small models, a line for each part. */
final class TestGraph {
  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(8)
          .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17));
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

  TestGraph irVersion(long version) {
    model.setIrVersion(version);
    return this;
  }

  TestGraph opset(String domain, long version) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
    return this;
  }

  TestGraph input(String name, long... dims) {
    graph.addInput(info(name, dims));
    return this;
  }

  TestGraph input(ValueInfoProto input) {
    graph.addInput(input);
    return this;
  }

  TestGraph output(String name, long... dims) {
    graph.addOutput(info(name, dims));
    return this;
  }

  TestGraph weight(String name, long... dims) {
    return weight(floats(name, dims));
  }

  TestGraph weight(TensorProto tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  TestGraph ints(String name, long... values) {
    return weight(integers(name, values));
  }

  /** Adds a node; inputs and outputs are separated by blanks, {@code _} is one that is left out. */
  TestGraph node(String op, String name, String inputs, String outputs) {
    return node(proto(op, name, inputs, outputs).build());
  }

  TestGraph node(NodeProto node) {
    graph.addNode(node);
    return this;
  }

  GraphProto.Builder graph() {
    return graph;
  }

  OnnxModel model() {
    return OnnxModel.of(model.setGraph(graph).build());
  }

  TracedOnnx trace() {
    return OnnxTracer.trace(model());
  }

  /** The layers of the traced model as lines of text: {@code name: type [own nodes] <span>}. */
  List<String> layers() {
    return describe(trace());
  }

  static List<String> describe(TracedOnnx traced) {
    List<String> lines = new ArrayList<>();
    traced.graph().layers().forEach(layer -> describe(layer, "", lines));
    return lines;
  }

  private static void describe(LayerNode layer, String indent, List<String> lines) {
    String span = layer.span().equals(layer.nodes()) ? "" : " <" + join(layer.span()) + ">";
    lines.add(
        indent
            + layer.name()
            + ":"
            + (layer.type().isEmpty() ? "" : " " + layer.type())
            + " ["
            + join(layer.nodes())
            + "]"
            + span);
    layer.children().forEach(child -> describe(child, indent + "  ", lines));
  }

  private static String join(List<Integer> numbers) {
    return String.join(" ", numbers.stream().map(String::valueOf).toList());
  }

  static NodeProto.Builder proto(String op, String name, String inputs, String outputs) {
    int colon = op.indexOf(':');
    return NodeProto.newBuilder()
        .setDomain(colon < 0 ? "" : op.substring(0, colon))
        .setOpType(op.substring(colon + 1))
        .setName(name)
        .addAllInput(names(inputs))
        .addAllOutput(names(outputs));
  }

  private static List<String> names(String text) {
    return text.isEmpty()
        ? List.of()
        : List.of(text.split(" ", -1)).stream().map(n -> n.equals("_") ? "" : n).toList();
  }

  /** What PyTorch's newer exporter adds to a node. */
  static NodeProto scoped(NodeProto.Builder node, String scopes, String classes) {
    return node.addMetadataProps(entry("namespace", "x"))
        .addMetadataProps(entry("pkg.torch.onnx.class_hierarchy", classes))
        .addMetadataProps(entry("pkg.torch.onnx.name_scopes", scopes))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  static AttributeProto attribute(String name, GraphProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(value)
        .build();
  }

  static AttributeProto attribute(String name, TensorProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(value)
        .build();
  }

  static TensorProto floats(String name, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataTypes.FLOAT);
    long count = 1;
    for (long dim : dims) {
      tensor.addDims(dim);
      count *= dim;
    }
    for (int i = 0; i < count; i++) {
      tensor.addFloatData(i);
    }
    return tensor.build();
  }

  static TensorProto integers(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataTypes.INT64).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor.build();
  }

  /** A tensor of the given shape; a negative length is left open. */
  static ValueInfoProto info(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(
          dim < 0
              ? TensorShapeProto.Dimension.getDefaultInstance()
              : TensorShapeProto.Dimension.newBuilder().setDimValue(dim).build());
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(DataTypes.FLOAT).setShape(shape)))
        .build();
  }
}
