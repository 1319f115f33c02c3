package io.espalier.modules.operators;

import io.espalier.spi.Element;
import io.espalier.spi.Node;
import io.espalier.spi.Typing;

/**
 * A list of integers that carving may have to rewrite: an attribute in older operator sets, an
 * input in newer ones.
 */
interface Target {
  /** Declares what one of the integers must be once widths have changed. */
  void set(int index, Element element);

  /** The input where it is present, else the attribute. */
  static Target of(Node node, Typing t, String attribute, int input) {
    return node.input(input).present()
        ? (index, element) -> t.element(input, index, element)
        : (index, element) -> t.attribute(attribute, index, element);
  }
}
