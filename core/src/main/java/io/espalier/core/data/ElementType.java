package io.espalier.core.data;

import java.util.Locale;
import java.util.Optional;

/** The types that elements of an array may have. */
public enum ElementType {
  BOOL(0, 1),
  UINT8(0, 0xff),
  INT8(Byte.MIN_VALUE, Byte.MAX_VALUE),
  UINT16(0, 0xffff),
  INT16(Short.MIN_VALUE, Short.MAX_VALUE),
  UINT32(0, 0xffff_ffffL),
  INT32(Integer.MIN_VALUE, Integer.MAX_VALUE),
  /** Values up to 2^63 - 1 only. */
  UINT64(0, Long.MAX_VALUE),
  INT64(Long.MIN_VALUE, Long.MAX_VALUE),
  BFLOAT16(Float.MAX_VALUE),
  /** Numbers from 65,520 on would be rounded to infinity. */
  FLOAT16(Math.nextDown(65520.0)),
  FLOAT32(Float.MAX_VALUE),
  /** Held with the precision of float32. */
  FLOAT64(Float.MAX_VALUE);

  private final long least;
  private final long most;
  private final double largest;

  ElementType(long least, long most) {
    this.least = least;
    this.most = most;
    this.largest = Double.NaN;
  }

  ElementType(double largest) {
    this.least = 0;
    this.most = 0;
    this.largest = largest;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloating() {
    return !Double.isNaN(largest);
  }

  /** Whether elements are integers, or booleans as 0 and 1. */
  public boolean isInteger() {
    return !isFloating();
  }

  /**
   * Whether a number can be an element: an integer must be in the range of an integer type, and
   * must be exact in float32 for a floating type.
   */
  public boolean holds(long value) {
    return isFloating()
        ? Math.abs((double) value) <= largest && (long) (float) value == value
        : value >= least && value <= most;
  }

  /**
   * Whether a number can be an element: finite, and not rounded to infinity by a floating type; a
   * whole number in the range of an integer type.
   */
  public boolean holds(double value) {
    return isFloating()
        ? Math.abs(value) <= largest
        : value == Math.rint(value) && value >= (double) least && value <= (double) most;
  }

  /** The type of a name, such as {@code float32}. */
  public static Optional<ElementType> of(String name) {
    for (ElementType type : values()) {
      if (type.toString().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** {@code float32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
