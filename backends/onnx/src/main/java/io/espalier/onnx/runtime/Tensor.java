package io.espalier.onnx.runtime;

import ai.onnxruntime.platform.Fp16Conversions;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An input or output of a model: floats for every float type (float64 loses what float32 cannot
 * hold), longs for every integer or boolean type. Immutable.
 */
public final class Tensor {
  private final int dataType;
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;

  private Tensor(int dataType, long[] shape, float[] floats, long[] longs) {
    this.dataType = dataType;
    this.shape = shape.clone();
    this.floats = floats;
    this.longs = longs;
    int values = isFloat() ? floats.length : longs.length;
    if (elementCount() != values) {
      throw new IllegalArgumentException(
          values + " values do not fill a tensor of shape " + Arrays.toString(shape));
    }
  }

  /**
   * A float32 tensor of values in row-major order.
   *
   * @param shape none for a scalar
   */
  public static Tensor ofFloats(float[] values, long... shape) {
    return new Tensor(DataTypes.FLOAT, shape, values.clone(), new long[0]);
  }

  /**
   * An int64 tensor of values in row-major order.
   *
   * @param shape none for a scalar
   */
  public static Tensor ofLongs(long[] values, long... shape) {
    return new Tensor(DataTypes.INT64, shape, new float[0], values.clone());
  }

  /**
   * The value of a constant.
   *
   * @throws io.espalier.onnx.file.OnnxFileException if it is neither float, integer nor boolean
   */
  public static Tensor of(OnnxTensor constant) {
    return DataTypes.isFloating(constant.dataType())
        ? new Tensor(constant.dataType(), constant.dims(), constant.floats(), new long[0])
        : new Tensor(constant.dataType(), constant.dims(), new float[0], constant.longs());
  }

  /** The same numbers, of the same type, as a tensor. */
  public static Tensor of(DataArray array) {
    float[] floats = new float[array.isFloating() ? array.size() : 0];
    long[] longs = new long[array.isFloating() ? 0 : array.size()];
    if (array.isFloating()) {
      array.floats().get(floats);
    } else {
      array.longs().get(longs);
    }
    return new Tensor(ElementTypes.dataType(array.type()), array.shape(), floats, longs);
  }

  /** The same numbers, of the same type, as an array. */
  public DataArray toArray() {
    ElementType type = ElementTypes.elementType(dataType);
    return isFloat()
        ? DataArray.ofFloats(type, floats, shape)
        : DataArray.ofLongs(type, longs, shape);
  }

  /** The element type, one of the numbers in {@link DataTypes}. */
  public int dataType() {
    return dataType;
  }

  /** The dimensions, as a copy; none for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** Whether the elements are floats of any width. */
  public boolean isFloat() {
    return DataTypes.isFloating(dataType);
  }

  public long elementCount() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** A copy of the values in row-major order; integers are converted. */
  public float[] floats() {
    if (isFloat()) {
      return floats.clone();
    }
    float[] converted = new float[longs.length];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = longs[i];
    }
    return converted;
  }

  /**
   * A copy of the values in row-major order.
   *
   * @throws IllegalStateException if they are floats
   */
  public long[] longs() {
    if (isFloat()) {
      throw new IllegalStateException(this + " does not hold integers");
    }
    return longs.clone();
  }

  /**
   * The largest difference to a reference, divided by the largest magnitude in the reference; 0 for
   * two empty tensors. Infinite if shapes differ, or if a value on either side is not a number or
   * infinite: such a result proves nothing.
   */
  public double relativeError(Tensor reference) {
    if (!Arrays.equals(shape, reference.shape)) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double scale = 0;
    float[] mine = floats();
    float[] theirs = reference.floats();
    for (int i = 0; i < mine.length; i++) {
      if (!Float.isFinite(mine[i]) || !Float.isFinite(theirs[i])) {
        return Double.POSITIVE_INFINITY;
      }
      difference = Math.max(difference, Math.abs((double) mine[i] - theirs[i]));
      scale = Math.max(scale, Math.abs((double) theirs[i]));
    }
    return difference == 0 ? 0 : difference / scale;
  }

  /**
   * The values as little-endian bytes in a direct buffer, converted to an element type of the same
   * family.
   */
  public ByteBuffer encode(int target) {
    int size = DataTypes.bits(target) / 8;
    int count = Math.max(floats.length, longs.length);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : floats) {
      put(bytes, target, value);
    }
    for (long value : longs) {
      switch (size) {
        case Byte.BYTES -> bytes.put((byte) value);
        case Short.BYTES -> bytes.putShort((short) value);
        case Integer.BYTES -> bytes.putInt((int) value);
        default -> bytes.putLong(value);
      }
    }
    return bytes.flip();
  }

  private static void put(ByteBuffer bytes, int target, float value) {
    if (target == DataTypes.FLOAT) {
      bytes.putFloat(value);
    } else if (target == DataTypes.DOUBLE) {
      bytes.putDouble(value);
    } else if (target == DataTypes.FLOAT16) {
      bytes.putShort(Fp16Conversions.floatToFp16(value));
    } else {
      bytes.putShort(Fp16Conversions.floatToBf16(value));
    }
  }

  /** Type and shape, {@code float32[2, 3]}. */
  @Override
  public String toString() {
    return DataTypes.name(dataType) + Arrays.toString(shape);
  }
}
