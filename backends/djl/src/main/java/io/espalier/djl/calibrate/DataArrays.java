package io.espalier.djl.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.ElementType;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Locale;

/** Arrays of DJL as arrays of data, and back. */
final class DataArrays {
  private DataArrays() {}

  /**
   * The type of data that elements of an array are.
   *
   * @param name of the array, for a message
   * @throws DataException if data have no such type
   */
  static ElementType type(DataType type, String name) {
    String word = type == DataType.BOOLEAN ? "bool" : type.name().toLowerCase(Locale.ROOT);
    return ElementType.of(word)
        .orElseThrow(
            () ->
                new DataException(
                    "\""
                        + name
                        + "\" holds elements of "
                        + word
                        + ", which data cannot; give numbers"));
  }

  private static DataType type(ElementType type) {
    return type == ElementType.BOOL ? DataType.BOOLEAN : DataType.valueOf(type.name());
  }

  /** A copy of data. */
  static NDArray of(DataArray data, NDManager manager) {
    Shape shape = new Shape(data.shape());
    NDArray array;
    if (data.isFloating()) {
      FloatBuffer from = data.floats();
      float[] floats = new float[from.remaining()];
      from.get(floats);
      array = manager.create(floats, shape);
    } else {
      LongBuffer from = data.longs();
      long[] longs = new long[from.remaining()];
      from.get(longs);
      array = manager.create(longs, shape);
    }
    return array.toType(type(data.type()), false);
  }

  /**
   * A copy of an array.
   *
   * @param name what a message calls it
   */
  static DataArray of(NDArray array, String name) {
    ElementType type = type(array.getDataType(), name);
    long[] shape = array.getShape().getShape();
    if (type.isFloating()) {
      return DataArray.ofFloats(type, floats(array), shape);
    }
    try (NDArray wide = array.toType(DataType.INT64, true)) {
      return DataArray.ofLongs(type, wide.toLongArray(), shape);
    }
  }

  /** The elements in row-major order. */
  static float[] floats(NDArray array) {
    try (NDArray plain = array.toType(DataType.FLOAT32, true)) {
      return plain.toFloatArray();
    }
  }
}
