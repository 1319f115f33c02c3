package io.espalier.onnx.build;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Node attributes from plain Java values. */
final class Attributes {
  private Attributes() {}

  /** Attributes in the order of their names, whatever the map's. */
  static List<AttributeProto> of(Map<String, ?> values) {
    return new TreeMap<>(values)
        .entrySet().stream().map(entry -> attribute(entry.getKey(), entry.getValue())).toList();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer || value instanceof Long) {
      return attribute.setType(AttributeType.INT).setI(((Number) value).longValue()).build();
    }
    if (value instanceof Float || value instanceof Double) {
      return attribute.setType(AttributeType.FLOAT).setF(((Number) value).floatValue()).build();
    }
    if (value instanceof String text) {
      return attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text)).build();
    }
    if (value instanceof AttributeProto given) {
      return given.toBuilder().setName(name).build();
    }
    if (value instanceof TensorProto tensor) {
      return attribute.setType(AttributeType.TENSOR).setT(tensor).build();
    }
    if (value instanceof GraphProto graph) {
      return attribute.setType(AttributeType.GRAPH).setG(graph).build();
    }
    if (value instanceof long[] numbers) {
      attribute.setType(AttributeType.INTS);
      for (long number : numbers) {
        attribute.addInts(number);
      }
      return attribute.build();
    }
    if (value instanceof float[] numbers) {
      attribute.setType(AttributeType.FLOATS);
      for (float number : numbers) {
        attribute.addFloats(number);
      }
      return attribute.build();
    }
    if (value instanceof List<?> texts) {
      attribute.setType(AttributeType.STRINGS);
      texts.forEach(text -> attribute.addStrings(ByteString.copyFromUtf8((String) text)));
      return attribute.build();
    }
    throw new IllegalArgumentException(
        "attribute '"
            + name
            + "' cannot be a "
            + value.getClass().getSimpleName()
            + "; give a number, a string, long[], float[], a list of strings, a TensorProto, a"
            + " GraphProto or an AttributeProto");
  }
}
