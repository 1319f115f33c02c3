package io.espalier.djl.spi;

import ai.djl.ndarray.types.Shape;

/** An operator of a block as it will be once widths have shrunk. */
public interface CutNode {
  /** What a message calls it. */
  String name();

  /** The numbers of an attribute; a single number is one. None where it has no such attribute. */
  long[] numbers(String attribute);

  /** The shape of an input; open dimensions have the lengths of the analysis. */
  Shape input(int index);

  /** The shape of an output; open dimensions have the lengths of the analysis. */
  Shape output(int index);
}
