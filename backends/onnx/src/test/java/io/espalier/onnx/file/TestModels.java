package io.espalier.onnx.file;

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
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Models of a few nodes, made by hand. */
final class TestModels {
  private TestModels() {}

  /** y = (x * weight) + bias for x [2,3]; with metadata, documentation and a field nobody knows. */
  static ModelProto small() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("test")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
        .addMetadataProps(StringStringEntryProto.newBuilder().setKey("author").setValue("me"))
        .setGraph(
            GraphProto.newBuilder()
                .setName("small")
                .addNode(node("MatMul", "/fc/MatMul", List.of("x", "weight"), "h"))
                .addNode(node("Add", "/fc/Add", List.of("h", "bias"), "y"))
                .addInitializer(raw("weight", 3, 4))
                .addInitializer(raw("bias", 4).toBuilder().setDocString("the bias"))
                .addInput(info("x", 2, 3))
                .addOutput(info("y", 2, 4))
                .addValueInfo(info("h", 2, 4))
                .setUnknownFields(unknown()))
        .build();
  }

  static UnknownFieldSet unknown() {
    return UnknownFieldSet.newBuilder()
        .addField(999, UnknownFieldSet.Field.newBuilder().addFixed32(7).addVarint(300).build())
        .build();
  }

  static NodeProto node(String op, String name, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(name)
        .addAllInput(inputs)
        .addOutput(output)
        .build();
  }

  /** A float32 tensor of the numbers 0, 1, 2, ... */
  static TensorProto raw(String name, long... dims) {
    int count = 1;
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataTypes.FLOAT);
    for (long dim : dims) {
      tensor.addDims(dim);
      count *= (int) dim;
    }
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(i);
    }
    return tensor.setRawData(ByteString.copyFrom(bytes.flip())).build();
  }

  static ValueInfoProto info(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(DataTypes.FLOAT).setShape(shape)))
        .build();
  }

  /** A Constant node with a tensor attribute. */
  static NodeProto constant(String output, TensorProto value) {
    return node("Constant", "", List.of(), output).toBuilder()
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value))
        .build();
  }

  /** A tensor whose elements stand in another file. */
  static TensorProto external(TensorProto tensor, String location, long offset, long length) {
    return tensor.toBuilder()
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
