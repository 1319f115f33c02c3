package io.espalier.core.calibration;

import io.espalier.spi.Linear;
import io.espalier.trace.Constant;
import java.nio.FloatBuffer;

/**
 * A weight as it lies in its network, seen as rows that are summed over, columns that come out, and
 * places of a window in between.
 *
 * <p>Element [row, place, column] lies at {@code row * rowStride + column * columnStride + place}:
 * windows are the innermost axes.
 */
public final class StoredWeight {
  private final Constant constant;
  private final int rows;
  private final int columns;
  private final int places;
  private final int rowStride;
  private final int columnStride;

  /**
   * A weight.
   *
   * @param constant the numbers
   * @param form which of its axes is which
   * @param transposed whether they are stored with two axes exchanged
   */
  public StoredWeight(Constant constant, Linear form, boolean transposed) {
    this.constant = constant;
    long[] dims = constant.dims();
    int in = transposed ? 1 - form.contracted() : form.contracted();
    int out = transposed ? 1 - form.produced() : form.produced();
    this.rows = Math.toIntExact(dims[in]);
    this.columns = Math.toIntExact(dims[out]);
    this.places = Math.toIntExact(constant.size() / rows / columns);
    this.rowStride = stride(dims, in);
    this.columnStride = stride(dims, out);
  }

  /** Whether the axes lie as this class takes them: windows innermost. */
  public static boolean fits(Constant constant, Linear form) {
    return constant.dims().length == 2 || (form.contracted() < 2 && form.produced() < 2);
  }

  private static int stride(long[] dims, int axis) {
    long stride = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      stride *= dims[i];
    }
    return Math.toIntExact(stride);
  }

  /** The extent of the axis that is summed over; within a group, where there are groups. */
  public int rows() {
    return rows;
  }

  /** The extent of the axis that comes out, over all groups. */
  public int columns() {
    return columns;
  }

  /** The number of places of the window; 1 where there is none. */
  public int places() {
    return places;
  }

  /** Where an element lies. */
  public int index(int row, int place, int column) {
    return row * rowStride + column * columnStride + place;
  }

  /** A copy of the numbers as they lie. */
  public float[] numbers() {
    float[] numbers = new float[Math.toIntExact(constant.size())];
    constant.floats().duplicate().get(numbers);
    return numbers;
  }

  /**
   * Some rows and columns of a weight that lies as this one does, in the order in which they lie.
   *
   * @param all its elements as they are stored
   * @param keptRows ascending
   * @param keptColumns ascending
   */
  public float[] slice(float[] all, int[] keptRows, int[] keptColumns) {
    boolean rowsFirst = rowStride > columnStride;
    int[] outer = rowsFirst ? keptRows : keptColumns;
    int[] inner = rowsFirst ? keptColumns : keptRows;
    float[] slice = new float[outer.length * inner.length * places];
    int to = 0;
    for (int first : outer) {
      for (int second : inner) {
        for (int place = 0; place < places; place++) {
          slice[to++] = all[rowsFirst ? index(first, place, second) : index(second, place, first)];
        }
      }
    }
    return slice;
  }

  /**
   * The numbers as [rows, columns x places], each column scaled.
   *
   * @param scales one for each column
   */
  double[] matrix(double[] scales) {
    FloatBuffer values = constant.floats();
    double[] matrix = new double[rows * columns * places];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int place = 0; place < places; place++) {
          matrix[at++] = scales[column] * values.get(index(row, place, column));
        }
      }
    }
    return matrix;
  }
}
