package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The payload fields of a tensor that is not stored as {@code raw_data}, one field per family of
 * element types.
 */
final class TypedData {
  private TypedData() {}

  /** The field that holds elements of a type; 0 if there is none. */
  static int field(int dataType) {
    return switch (dataType) {
      case DataType.FLOAT_VALUE, DataType.COMPLEX64_VALUE -> TensorProto.FLOAT_DATA_FIELD_NUMBER;
      case DataType.DOUBLE_VALUE, DataType.COMPLEX128_VALUE -> TensorProto.DOUBLE_DATA_FIELD_NUMBER;
      case DataType.INT64_VALUE -> TensorProto.INT64_DATA_FIELD_NUMBER;
      case DataType.UINT32_VALUE, DataType.UINT64_VALUE -> TensorProto.UINT64_DATA_FIELD_NUMBER;
      case DataType.STRING_VALUE -> TensorProto.STRING_DATA_FIELD_NUMBER;
      default -> DataTypes.bits(dataType) == 0 ? 0 : TensorProto.INT32_DATA_FIELD_NUMBER;
    };
  }

  /**
   * How many values that field has for a number of elements: complex numbers take two, 4-bit ones
   * half of one.
   */
  static long values(int dataType, long elements) {
    int bits = DataTypes.bits(dataType);
    if (dataType == DataTypes.COMPLEX64 || dataType == DataTypes.COMPLEX128) {
      return Math.multiplyExact(elements, 2L);
    }
    return bits > 0 && bits < 8 ? DataTypes.bytes(dataType, elements) : elements;
  }

  /** The elements as little-endian bytes, as {@code raw_data} would hold them. */
  static ByteBuffer decode(TensorProto tensor) {
    int type = tensor.getDataType();
    int count = count(tensor, field(type));
    int size = Math.max(1, DataTypes.bits(type) / 8);
    if (type == DataTypes.COMPLEX64 || type == DataTypes.COMPLEX128) {
      size /= 2;
    }
    if ((long) count * size > Integer.MAX_VALUE - 8) {
      throw new OnnxFileException(
          "tensor '" + tensor.getName() + "' needs more than 2 GB; store it as external data");
    }
    ByteBuffer bytes = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (field(type)) {
        case TensorProto.FLOAT_DATA_FIELD_NUMBER -> bytes.putFloat(tensor.getFloatData(i));
        case TensorProto.DOUBLE_DATA_FIELD_NUMBER -> bytes.putDouble(tensor.getDoubleData(i));
        case TensorProto.INT64_DATA_FIELD_NUMBER -> put(bytes, tensor.getInt64Data(i), size);
        case TensorProto.UINT64_DATA_FIELD_NUMBER -> put(bytes, tensor.getUint64Data(i), size);
        default -> put(bytes, tensor.getInt32Data(i), size);
      }
    }
    return bytes.flip();
  }

  /** The number of values in one of the typed fields. */
  static int count(TensorProto tensor, int field) {
    return switch (field) {
      case TensorProto.FLOAT_DATA_FIELD_NUMBER -> tensor.getFloatDataCount();
      case TensorProto.DOUBLE_DATA_FIELD_NUMBER -> tensor.getDoubleDataCount();
      case TensorProto.INT64_DATA_FIELD_NUMBER -> tensor.getInt64DataCount();
      case TensorProto.UINT64_DATA_FIELD_NUMBER -> tensor.getUint64DataCount();
      case TensorProto.STRING_DATA_FIELD_NUMBER -> tensor.getStringDataCount();
      case TensorProto.INT32_DATA_FIELD_NUMBER -> tensor.getInt32DataCount();
      default -> 0;
    };
  }

  private static void put(ByteBuffer bytes, long value, int size) {
    switch (size) {
      case Byte.BYTES -> bytes.put((byte) value);
      case Short.BYTES -> bytes.putShort((short) value);
      case Integer.BYTES -> bytes.putInt((int) value);
      default -> bytes.putLong(value);
    }
  }
}
