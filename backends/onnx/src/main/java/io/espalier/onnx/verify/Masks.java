package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.runtime.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** Products with 0/1 masks: one small mask, stretched over the other axes, for each cut axis. */
final class Masks {
  private static final short ONE_FLOAT16 = 0x3C00;
  private static final List<Integer> MULTIPLIED =
      List.of(
          DataTypes.FLOAT, DataTypes.DOUBLE, DataTypes.FLOAT16, DataTypes.INT32, DataTypes.INT64);

  private Masks() {}

  /** Where nodes are put: on an input of a node, or behind its output. */
  interface Place {
    void put(String operator, List<String> more, AttributeProto... attributes);
  }

  /**
   * Masks one input of a node.
   *
   * @param keep the axes of the cut that are masked
   * @throws VerificationException if the value there does not have the shape that the manifest
   *     states, or its elements cannot be multiplied
   */
  static void onto(
      NodeEdit node, CutParameter cut, ValueSpec value, Map<Integer, List<Integer>> keep) {
    if (!value.dims().equals(cut.shape())) {
      throw new VerificationException(
          "the manifest says that input "
              + cut.input()
              + " of "
              + node
              + " has the shape "
              + cut.shape()
              + ", but it is "
              + value
              + "; give the manifest of this model");
    }
    multiply(
        node,
        (operator, more, attributes) -> node.onInput(cut.input(), operator, more, attributes),
        value,
        keep);
  }

  /** Multiplies a value by zero outside the kept indices of each axis. */
  static void multiply(
      NodeEdit node, Place place, ValueSpec value, Map<Integer, List<Integer>> keep) {
    int type = computed(node, value);
    boolean cast = type != value.dataType();
    if (cast) {
      place.put("Cast", List.of(), NodeEdit.integer("to", type));
    }
    keep.forEach(
        (axis, kept) -> {
          Kept.check(node, value, axis, kept);
          String mask = node.constant(mask(type, value.dims(), axis, kept));
          place.put("Mul", List.of(mask));
        });
    if (cast) {
      place.put("Cast", List.of(), NodeEdit.integer("to", value.dataType()));
    }
  }

  /** The type to multiply in, which holds every value of the type itself. */
  private static int computed(NodeEdit node, ValueSpec value) {
    if (MULTIPLIED.contains(value.dataType())) {
      return value.dataType();
    }
    if (value.dataType() == DataTypes.BFLOAT16) {
      return DataTypes.FLOAT;
    }
    if (DataTypes.isInteger(value.dataType())
        || value.dataType() == DataTypes.INT4
        || value.dataType() == DataTypes.UINT4) {
      return DataTypes.INT64;
    }
    throw new VerificationException(
        "the input " + value + " of " + node + " cannot be multiplied by a mask");
  }

  private static TensorProto mask(int type, List<Long> dims, int axis, List<Integer> kept) {
    int size = DataTypes.bits(type) / 8;
    int extent = Math.toIntExact(dims.get(axis));
    ByteBuffer bytes = ByteBuffer.allocate(extent * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int index : kept) {
      one(bytes, type, index * size);
    }
    TensorProto.Builder mask =
        TensorProto.newBuilder().setDataType(type).setRawData(ByteString.copyFrom(bytes));
    for (int i = 0; i < dims.size(); i++) {
      mask.addDims(i == axis ? extent : 1);
    }
    return mask.build();
  }

  private static void one(ByteBuffer bytes, int type, int offset) {
    if (type == DataTypes.FLOAT) {
      bytes.putFloat(offset, 1);
    } else if (type == DataTypes.DOUBLE) {
      bytes.putDouble(offset, 1);
    } else if (type == DataTypes.FLOAT16) {
      bytes.putShort(offset, ONE_FLOAT16);
    } else {
      // the lowest byte of an integer
      bytes.put(offset, (byte) 1);
    }
  }
}
