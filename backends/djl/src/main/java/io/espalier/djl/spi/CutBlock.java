package io.espalier.djl.spi;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;

/** A block, and what is left of it once widths have shrunk. */
public interface CutBlock {
  /** The block as it is now. */
  Block block();

  /**
   * The shape that one of its own parameters will have.
   *
   * @throws io.espalier.spi.EspalierException if it has no parameter of that name, or one without
   *     values
   */
  Shape shape(String parameter);

  /**
   * The operators of one name that the block itself computes, and no block inside it; in order, and
   * none where it is not called.
   *
   * @param operator an ONNX operator, such as {@code Conv}
   */
  List<CutNode> nodes(String operator);
}
