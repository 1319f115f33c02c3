package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Locale;

/**
 * What is known of the element types of ONNX tensors, by the numbers of {@code
 * TensorProto.DataType}.
 */
public final class DataTypes {
  public static final int FLOAT = DataType.FLOAT_VALUE;
  public static final int UINT8 = DataType.UINT8_VALUE;
  public static final int INT8 = DataType.INT8_VALUE;
  public static final int UINT16 = DataType.UINT16_VALUE;
  public static final int INT16 = DataType.INT16_VALUE;
  public static final int INT32 = DataType.INT32_VALUE;
  public static final int INT64 = DataType.INT64_VALUE;
  public static final int STRING = DataType.STRING_VALUE;
  public static final int BOOL = DataType.BOOL_VALUE;
  public static final int FLOAT16 = DataType.FLOAT16_VALUE;
  public static final int DOUBLE = DataType.DOUBLE_VALUE;
  public static final int UINT32 = DataType.UINT32_VALUE;
  public static final int UINT64 = DataType.UINT64_VALUE;
  public static final int COMPLEX64 = DataType.COMPLEX64_VALUE;
  public static final int COMPLEX128 = DataType.COMPLEX128_VALUE;
  public static final int BFLOAT16 = DataType.BFLOAT16_VALUE;
  public static final int UINT4 = DataType.UINT4_VALUE;
  public static final int INT4 = DataType.INT4_VALUE;

  /** Newer than the protobuf classes in use. */
  private static final int FLOAT4E2M1 = 23;

  private static final int FLOAT8E8M0 = 24;
  private static final int UINT2 = 25;
  private static final int INT2 = 26;

  private DataTypes() {}

  /** Bits of one element; 0 for strings and for types that are not known. */
  public static int bits(int dataType) {
    return switch (dataType) {
      case DataType.UINT8_VALUE,
          DataType.INT8_VALUE,
          DataType.BOOL_VALUE,
          DataType.FLOAT8E4M3FN_VALUE,
          DataType.FLOAT8E4M3FNUZ_VALUE,
          DataType.FLOAT8E5M2_VALUE,
          DataType.FLOAT8E5M2FNUZ_VALUE,
          FLOAT8E8M0 ->
          8;
      case DataType.UINT16_VALUE,
          DataType.INT16_VALUE,
          DataType.FLOAT16_VALUE,
          DataType.BFLOAT16_VALUE ->
          16;
      case DataType.FLOAT_VALUE, DataType.INT32_VALUE, DataType.UINT32_VALUE -> 32;
      case DataType.INT64_VALUE,
          DataType.UINT64_VALUE,
          DataType.DOUBLE_VALUE,
          DataType.COMPLEX64_VALUE ->
          64;
      case DataType.COMPLEX128_VALUE -> 128;
      case DataType.UINT4_VALUE, DataType.INT4_VALUE, FLOAT4E2M1 -> 4;
      case UINT2, INT2 -> 2;
      default -> 0;
    };
  }

  /** Whether elements are integers or booleans of a whole number of bytes. */
  public static boolean isInteger(int dataType) {
    return switch (dataType) {
      case DataType.UINT8_VALUE,
          DataType.INT8_VALUE,
          DataType.BOOL_VALUE,
          DataType.UINT16_VALUE,
          DataType.INT16_VALUE,
          DataType.INT32_VALUE,
          DataType.UINT32_VALUE,
          DataType.INT64_VALUE,
          DataType.UINT64_VALUE ->
          true;
      default -> false;
    };
  }

  /** Whether elements are float32, float64, float16 or bfloat16. */
  public static boolean isFloating(int dataType) {
    return switch (dataType) {
      case DataType.FLOAT_VALUE,
          DataType.DOUBLE_VALUE,
          DataType.FLOAT16_VALUE,
          DataType.BFLOAT16_VALUE ->
          true;
      default -> false;
    };
  }

  /** The type's name as people write it: {@code float32}, {@code int64}, {@code bfloat16}. */
  public static String name(int dataType) {
    return switch (dataType) {
      case DataType.FLOAT_VALUE -> "float32";
      case DataType.DOUBLE_VALUE -> "float64";
      case FLOAT4E2M1 -> "float4e2m1";
      case FLOAT8E8M0 -> "float8e8m0";
      case UINT2 -> "uint2";
      case INT2 -> "int2";
      default -> {
        DataType known = DataType.forNumber(dataType);
        yield known == null ? "type " + dataType : known.name().toLowerCase(Locale.ROOT);
      }
    };
  }

  /**
   * Bytes that a number of elements take up in {@code raw_data}; elements of less than a byte are
   * packed.
   *
   * @throws ArithmeticException if the sum does not fit a long
   */
  static long bytes(int dataType, long elements) {
    int bits = bits(dataType);
    return bits >= 8
        ? Math.multiplyExact(elements, (long) bits / 8)
        : Math.addExact(Math.multiplyExact(elements, (long) bits), 7) / 8;
  }
}
