package io.espalier.onnx.quantize;

/** How a weight of two axes is read, and so which of its numbers share a scale. */
enum Arrangement {
  /** The second factor of a product, [inputs, outputs]: a scale for each output. */
  MATRIX,

  /** The same, stored as [outputs, inputs]; it is turned when it is written. */
  TURNED_MATRIX,

  /** A table that rows are picked from: a scale for each row. */
  TABLE,

  /** The same, as {@link TableCodes}. */
  CODES;

  /** The axis along which each index has a scale of its own. */
  int axis() {
    return this == MATRIX ? 1 : 0;
  }
}
