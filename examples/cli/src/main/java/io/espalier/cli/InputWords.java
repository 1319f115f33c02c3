package io.espalier.cli;

import io.espalier.core.data.formats.WholeArray;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.runtime.InputValue;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What stands behind the name in {@code --input NAME=1x128:int64}, {@code NAME=value:0.5} or {@code
 * NAME=@file.npy}.
 *
 * @param shape the sizes; empty for a value, which says none
 * @param type the type of the elements; empty if not given
 * @param value what the input is; empty for any numbers
 */
record InputWords(List<Long> shape, String type, Optional<InputValue> value) {
  private static final String VALUE = "value:";
  private static final String NUMBER = "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?";
  private static final String SHAPE = "[1-9][0-9]{0,8}(x[1-9][0-9]{0,8})*(:[A-Za-z0-9]+)?";

  InputWords {
    shape = List.copyOf(shape);
  }

  /**
   * Reads the words, and the array that they name.
   *
   * @throws EspalierException if they are no sizes, number or array
   */
  static InputWords parse(String name, String text) {
    if (text.startsWith("@")) {
      Tensor array = Tensor.of(WholeArray.read(Path.of(text.substring(1))));
      return new InputWords(
          Arrays.stream(array.shape()).boxed().toList(),
          DataTypes.name(array.dataType()),
          Optional.of(new InputValue.Array(array)));
    }
    if (text.startsWith(VALUE) && text.substring(VALUE.length()).matches(NUMBER)) {
      double number = Double.parseDouble(text.substring(VALUE.length()));
      return new InputWords(List.of(), "", Optional.of(new InputValue.Everywhere(number)));
    }
    if (!text.matches(SHAPE)) {
      throw new EspalierException(
          "--input "
              + name
              + "="
              + text
              + " gives no shape and no value; write sizes of at least 1 with an x between them, as"
              + " in 2x3x64x64, a number as in value:0.5, or an array as in @file.npy");
    }
    int colon = text.indexOf(':');
    String sizes = colon < 0 ? text : text.substring(0, colon);
    return new InputWords(
        Arrays.stream(sizes.split("x", -1)).map(Long::valueOf).toList(),
        colon < 0 ? "" : text.substring(colon + 1),
        Optional.empty());
  }

  /** Whether they say a shape: a number for a setting says none. */
  boolean hasShape() {
    return value.isEmpty() || value.get() instanceof InputValue.Array;
  }

  long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
