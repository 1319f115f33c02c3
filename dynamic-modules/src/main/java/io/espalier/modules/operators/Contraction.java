package io.espalier.modules.operators;

import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;

/** A sum over the products of two inputs along one axis of each. */
final class Contraction {
  private Contraction() {}

  /**
   * Ties the two axes together. A unit that is cut away is zero on one side if that is a parameter
   * that meets data. Where both operands are activations, or both parameters, it need not be zero
   * on either side, so that the sum has to be restricted to the units that are kept.
   *
   * @param x the axis of input 0
   * @param y the axis of input 1
   */
  static void unify(Node node, Typing t, Axis x, Axis y) {
    t.unify(x, y);
    if (node.input(0).parameter() == node.input(1).parameter()) {
      t.normalised(x, 0);
      t.normalised(y, 1);
    }
  }
}
