package io.espalier.onnx.fuzz;

import java.util.List;

/** A way for a random network to grow. */
@FunctionalInterface
interface Move {
  /**
   * Adds nodes behind a value.
   *
   * @param others other values that may be read too
   * @return the values that came about; none where the move does not suit the value
   */
  List<Wire> grow(Sketch s, Wire x, List<Wire> others);
}
