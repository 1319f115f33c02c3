package io.espalier.djl.spi;

/** Takes the values that the fields of a smaller block will have. */
@FunctionalInterface
public interface Fields {
  /**
   * Sets a field.
   *
   * @param field its name, in the block's class or one that it extends
   * @param value the value; a number becomes what the field is of
   * @throws io.espalier.spi.EspalierException if there is no such field, or it cannot hold that
   */
  void set(String field, Object value);
}
