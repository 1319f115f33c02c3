package io.espalier.core.lossless;

import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A parameter as a node reads it, seen along one axis that units lie on.
 *
 * @param values the elements as they are stored, in row-major order
 * @param extents of the axes as the node reads them
 * @param strides how far apart neighbours along each axis are stored
 * @param axis the axis
 * @param unitOf for each index along the axis the unit that it belongs to; -1 for none
 * @param units how many units there are
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
record ParameterUse(
    FloatBuffer values, int[] extents, int[] strides, int axis, int[] unitOf, int units) {

  /**
   * A use.
   *
   * @param axes the layouts of the axes as the node reads them
   * @param transposed whether the two axes are stored the other way round
   */
  static ParameterUse of(
      FloatBuffer values, List<Layout> axes, boolean transposed, int axis, Symbol symbol) {
    int[] extents = axes.stream().mapToInt(layout -> Math.toIntExact(layout.extent())).toArray();
    int[] strides = new int[extents.length];
    int stride = 1;
    for (int i = extents.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= extents[i];
    }
    if (transposed) {
      strides = new int[] {1, extents[0]};
    }
    return new ParameterUse(
        values,
        extents,
        strides,
        axis,
        unitOf(axes.get(axis), symbol),
        Math.toIntExact(symbol.extent()));
  }

  /** For each index along an axis of a way, the unit of its symbol; -1 for none. */
  static int[] unitOf(Layout axis, Symbol symbol) {
    return Layout.unitOf(axis, symbol).orElseThrow();
  }

  /** Is shown elements, in row-major order of the axes as the node reads them. */
  private interface Visitor {
    void visit(int unit, float value);
  }

  /**
   * Visits elements, index by index along the axis.
   *
   * @param only of one unit; -1 for all
   */
  private void forEach(int only, Visitor visitor) {
    int rest = rest();
    for (int index = 0; index < extents[axis]; index++) {
      int unit = unitOf[index];
      if (unit < 0 || (only >= 0 && unit != only)) {
        continue;
      }
      for (int i = 0; i < rest; i++) {
        int left = i;
        int at = index * strides[axis];
        for (int other = extents.length - 1; other >= 0; other--) {
          if (other != axis) {
            at += left % extents[other] * strides[other];
            left /= extents[other];
          }
        }
        visitor.visit(unit, values.get(at));
      }
    }
  }

  private int rest() {
    int rest = 1;
    for (int i = 0; i < extents.length; i++) {
      rest *= i == axis ? 1 : extents[i];
    }
    return rest;
  }

  /** Marks the units of which an element is not zero. */
  void markNonZero(boolean[] marked) {
    forEach(-1, (unit, value) -> marked[unit] |= value != 0);
  }

  /** Mixes the elements of each unit into a number. */
  void mix(long[] hashes) {
    forEach(
        -1,
        (unit, value) ->
            hashes[unit] = hashes[unit] * 1_000_003 + Float.floatToIntBits(value + 0f));
  }

  /** Whether two units hold the same elements. */
  boolean isEqual(int unit, int other) {
    float[] own = elements(unit);
    float[] its = elements(other);
    boolean equal = own.length == its.length;
    for (int i = 0; equal && i < own.length; i++) {
      equal = own[i] == its[i];
    }
    return equal;
  }

  private float[] elements(int unit) {
    int indices = (int) Arrays.stream(unitOf).filter(own -> own == unit).count();
    FloatBuffer elements = FloatBuffer.allocate(indices * rest());
    forEach(unit, (own, value) -> elements.put(value));
    return elements.array();
  }
}
