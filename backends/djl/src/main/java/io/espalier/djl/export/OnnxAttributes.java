package io.espalier.djl.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.djl.trace.values.Settings;
import io.espalier.spi.OpId;
import java.util.List;
import java.util.TreeMap;

/** The attributes of nodes in ONNX's words. */
final class OnnxAttributes {
  private static final OpId CONSTANT_OF_SHAPE = OpId.of("ConstantOfShape");

  private OnnxAttributes() {}

  /**
   * All attributes of a node, by name.
   *
   * @param made the type of what the node computes
   */
  static List<AttributeProto> of(OpId op, Settings settings, TensorProto.DataType made) {
    return new TreeMap<>(settings.values())
        .entrySet().stream()
            .map(
                entry ->
                    op.equals(CONSTANT_OF_SHAPE)
                        ? filling(entry.getKey(), (List<?>) entry.getValue(), made)
                        : attribute(entry.getKey(), entry.getValue()))
            .toList();
  }

  /** What fills an array is a tensor of one element, which tells the type, too. */
  private static AttributeProto filling(String name, List<?> value, TensorProto.DataType made) {
    double element = ((Number) value.get(0)).doubleValue();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.TENSOR)
        .setT(OnnxConstants.single(element, made))
        .build();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long number) {
      attribute.setType(AttributeType.INT).setI(number);
    } else if (value instanceof Double real) {
      attribute.setType(AttributeType.FLOAT).setF(real.floatValue());
    } else if (value instanceof String text) {
      attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    } else {
      List<?> list = (List<?>) value;
      Object first = list.isEmpty() ? 0L : list.get(0);
      attribute.setType(
          first instanceof Long
              ? AttributeType.INTS
              : first instanceof Double ? AttributeType.FLOATS : AttributeType.STRINGS);
      list.forEach(element -> add(attribute, element));
    }
    return attribute.build();
  }

  private static void add(AttributeProto.Builder attribute, Object element) {
    if (element instanceof Long number) {
      attribute.addInts(number);
    } else if (element instanceof Double real) {
      attribute.addFloats(real.floatValue());
    } else {
      attribute.addStrings(ByteString.copyFromUtf8((String) element));
    }
  }
}
