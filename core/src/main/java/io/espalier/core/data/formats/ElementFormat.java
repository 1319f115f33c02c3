package io.espalier.core.data.formats;

import io.espalier.core.data.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How elements are written in a file.
 *
 * @param type what they are
 * @param order the order of their bytes
 */
record ElementFormat(ElementType type, ByteOrder order) {
  private static final int HALF_BIAS = 15;
  private static final int HALF_MANTISSA = 10;

  /** Bytes of an element. */
  int bytes() {
    return switch (type) {
      case BOOL, UINT8, INT8 -> 1;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 2;
      case UINT32, INT32, FLOAT32 -> 4;
      case UINT64, INT64, FLOAT64 -> 8;
    };
  }

  /** An element of an integer type; those of uint64 from 2^63 on come out negative. */
  long integer(ByteBuffer bytes, int index) {
    return switch (type) {
      case BOOL -> bytes.get(index) == 0 ? 0 : 1;
      case UINT8 -> bytes.get(index) & 0xff;
      case INT8 -> bytes.get(index);
      case UINT16 -> bytes.getShort(2 * index) & 0xffff;
      case INT16 -> bytes.getShort(2 * index);
      case UINT32 -> bytes.getInt(4 * index) & 0xffff_ffffL;
      case INT32 -> bytes.getInt(4 * index);
      case UINT64, INT64 -> bytes.getLong(8 * index);
      default -> throw new IllegalStateException(type + " is no type of integers");
    };
  }

  /** An element of a floating type. */
  double floating(ByteBuffer bytes, int index) {
    return switch (type) {
      case FLOAT16 -> half(bytes.getShort(2 * index));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(2 * index) << 16);
      case FLOAT32 -> bytes.getFloat(4 * index);
      case FLOAT64 -> bytes.getDouble(8 * index);
      default -> throw new IllegalStateException(type + " is no floating type");
    };
  }

  /** IEEE 754 binary16, which Java knows from version 20 on only. */
  static float half(short bits) {
    int exponent = (bits >> HALF_MANTISSA) & 0x1f;
    int mantissa = bits & 0x3ff;
    float sign = bits < 0 ? -1 : 1;
    if (exponent == 0x1f) {
      return mantissa == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return exponent == 0
        ? sign * Math.scalb((float) mantissa, 1 - HALF_BIAS - HALF_MANTISSA)
        : sign * Math.scalb((float) (mantissa | 0x400), exponent - HALF_BIAS - HALF_MANTISSA);
  }
}
