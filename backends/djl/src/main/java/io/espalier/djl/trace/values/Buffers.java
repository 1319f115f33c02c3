package io.espalier.djl.trace.values;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/** Reads elements into constants. */
public final class Buffers {
  private static final double EXACT = 1L << 53;

  private Buffers() {}

  public static Literal literal(float[] elements, Shape shape) {
    double[] values = new double[elements.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements[i];
    }
    return literal(shape, DataType.FLOAT32, values);
  }

  /** The elements of a real array. */
  public static Literal literal(NDArray array) {
    Number[] elements = array.toArray();
    double[] values = new double[elements.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = exact(elements[i]);
    }
    return literal(array.getShape(), array.getDataType(), values);
  }

  /** What stands in a buffer, of a type that its bytes are of, if it holds bytes. */
  public static Literal literal(Buffer buffer, Shape shape, DataType type) {
    double[] values = new double[Math.toIntExact(shape.size())];
    Buffer typed = buffer instanceof ByteBuffer bytes ? typed(bytes.duplicate(), type) : buffer;
    for (int i = 0; i < values.length; i++) {
      values[i] = element(typed, typed.position() + i);
    }
    return literal(shape, type, values);
  }

  private static Buffer typed(ByteBuffer bytes, DataType type) {
    bytes.order(java.nio.ByteOrder.nativeOrder());
    return switch (type) {
      case FLOAT32 -> bytes.asFloatBuffer();
      case FLOAT64 -> bytes.asDoubleBuffer();
      case INT32 -> bytes.asIntBuffer();
      case INT64 -> bytes.asLongBuffer();
      case BOOLEAN, INT8 -> bytes;
      default ->
          throw new Untraceable("brings along elements of type " + type + ", which are not read");
    };
  }

  private static double element(Buffer buffer, int at) {
    if (buffer instanceof FloatBuffer floats) {
      return floats.get(at);
    } else if (buffer instanceof DoubleBuffer doubles) {
      return doubles.get(at);
    } else if (buffer instanceof IntBuffer ints) {
      return ints.get(at);
    } else if (buffer instanceof LongBuffer longs) {
      return exact(longs.get(at));
    } else if (buffer instanceof ShortBuffer shorts) {
      return shorts.get(at);
    }
    return ((ByteBuffer) buffer).get(at);
  }

  private static double exact(Number number) {
    if (number instanceof Long && Math.abs(number.doubleValue()) > EXACT) {
      throw new Untraceable(
          "brings along the integer " + number + ", which is too large to follow");
    }
    return number.doubleValue();
  }

  private static Literal literal(Shape shape, DataType type, double... values) {
    boolean alike = Arrays.stream(values).allMatch(value -> value == values[0]);
    return alike && values.length > 0
        ? new Literal.Uniform(shape, type, values[0])
        : new Literal.Data(shape, type, values);
  }
}
