package io.espalier.onnx.runtime;

import io.espalier.onnx.file.DataTypes;
import java.util.List;

/**
 * The type of a tensor value.
 *
 * @param name the value's name
 * @param dataType its element type, one of the numbers in {@link DataTypes}
 * @param dims its dimensions, -1 where one is unknown
 */
public record ValueSpec(String name, int dataType, List<Long> dims) {

  public ValueSpec {
    dims = List.copyOf(dims);
  }

  /** The dimensions as an array, -1 where one is unknown. */
  public long[] shape() {
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  /** {@code input: float32[-1, 3, 64, 64]}. */
  @Override
  public String toString() {
    return name + ": " + DataTypes.name(dataType) + dims;
  }
}
