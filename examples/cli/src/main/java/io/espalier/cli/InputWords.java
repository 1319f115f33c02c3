package io.espalier.cli;

import io.espalier.core.values.EspalierException;
import java.util.Arrays;
import java.util.List;

/**
 * What stands behind the name in {@code --input NAME=1x128:int64}.
 *
 * @param shape the sizes
 * @param type the type of the elements; empty if not given
 */
record InputWords(List<Long> shape, String type) {
  InputWords {
    shape = List.copyOf(shape);
  }

  /**
   * Reads the words.
   *
   * @throws EspalierException if they are no sizes
   */
  static InputWords parse(String name, String text) {
    if (!text.matches("[1-9][0-9]{0,8}(x[1-9][0-9]{0,8})*(:[A-Za-z0-9]+)?")) {
      throw new EspalierException(
          "--input "
              + name
              + "="
              + text
              + " gives no shape; write sizes of at least 1 with an x between them, as in"
              + " 2x3x64x64");
    }
    int colon = text.indexOf(':');
    String sizes = colon < 0 ? text : text.substring(0, colon);
    return new InputWords(
        Arrays.stream(sizes.split("x", -1)).map(Long::valueOf).toList(),
        colon < 0 ? "" : text.substring(colon + 1));
  }

  long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
