package io.espalier.core.data;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Numbers in row-major order: floats of every floating type (float64 loses what float32 cannot
 * hold), longs of every integer type, 0 and 1 of booleans. Immutable.
 */
public final class DataArray {
  private final ElementType type;
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;

  private DataArray(ElementType type, long[] shape, float[] floats, long[] longs) {
    this.type = type;
    this.shape = shape.clone();
    this.floats = floats;
    this.longs = longs;
    if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != size()) {
      throw new IllegalArgumentException(
          size() + " values do not fill an array of shape " + Arrays.toString(shape));
    }
  }

  /**
   * An array of a floating type.
   *
   * @param values in row-major order; they are not copied, and must not be written to afterwards
   * @param shape none for a scalar
   * @throws IllegalArgumentException if the type holds integers, or the values do not fill the
   *     shape
   */
  public static DataArray ofFloats(ElementType type, float[] values, long... shape) {
    if (!type.isFloating()) {
      throw new IllegalArgumentException("an array of " + type + " does not hold floats");
    }
    return new DataArray(type, shape, values, new long[0]);
  }

  /**
   * An array of an integer type, or of booleans.
   *
   * @param values in row-major order; they are not copied, and must not be written to afterwards
   * @param shape none for a scalar
   * @throws IllegalArgumentException if the type holds floats, or the values do not fill the shape
   */
  public static DataArray ofLongs(ElementType type, long[] values, long... shape) {
    if (type.isFloating()) {
      throw new IllegalArgumentException("an array of " + type + " does not hold integers");
    }
    return new DataArray(type, shape, new float[0], values);
  }

  public ElementType type() {
    return type;
  }

  /** The dimensions, as a copy; none for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many elements there are. */
  public int size() {
    return isFloating() ? floats.length : longs.length;
  }

  public boolean isFloating() {
    return type.isFloating();
  }

  /**
   * The elements, to be read only.
   *
   * @throws IllegalStateException if they are integers
   */
  public FloatBuffer floats() {
    if (!isFloating()) {
      throw new IllegalStateException(this + " does not hold floats");
    }
    return FloatBuffer.wrap(floats).asReadOnlyBuffer();
  }

  /**
   * The elements, to be read only.
   *
   * @throws IllegalStateException if they are floats
   */
  public LongBuffer longs() {
    if (isFloating()) {
      throw new IllegalStateException(this + " does not hold integers");
    }
    return LongBuffer.wrap(longs).asReadOnlyBuffer();
  }

  /** One element, in row-major order. */
  public double number(int index) {
    return isFloating() ? floats[index] : (double) longs[index];
  }

  /**
   * One row along the first axis, as an array of the same rank.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public DataArray row(int index) {
    long[] one = shape.clone();
    int length = size() / Math.toIntExact(one[0]);
    Objects.checkIndex(index, Math.toIntExact(one[0]));
    one[0] = 1;
    int from = index * length;
    return isFloating()
        ? ofFloats(type, Arrays.copyOfRange(floats, from, from + length), one)
        : ofLongs(type, Arrays.copyOfRange(longs, from, from + length), one);
  }

  /** Type and shape, {@code float32[2, 3]}. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
