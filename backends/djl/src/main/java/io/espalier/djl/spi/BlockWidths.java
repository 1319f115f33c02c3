package io.espalier.djl.spi;

import ai.djl.nn.Block;

/**
 * Says which fields of a kind of block hold widths, so that a smaller block can be made of one: the
 * number of groups of a convolution, the number of heads of an attention. A block that only has
 * parameters, and asks arrays for their shapes, needs none.
 *
 * <p>Implementations are found by {@link java.util.ServiceLoader}, and need a public constructor
 * without arguments:
 *
 * <pre>{@code
 * @AutoService(BlockWidths.class)
 * public final class GatedWidths implements BlockWidths {
 *   @Override public Class<? extends Block> type() { return Gated.class; }
 *   @Override public void resize(CutBlock block, Fields fields) {
 *     fields.set("units", block.shape("weight").get(0) / 2);
 *   }
 * }
 * }</pre>
 */
public interface BlockWidths {
  /** The class of blocks that this serves, and those that extend it and have none of their own. */
  Class<? extends Block> type();

  /**
   * Sets the fields of a smaller block.
   *
   * @param block the block, and what is left of it
   * @param fields takes the new values
   * @throws io.espalier.spi.EspalierException if the block cannot be what is asked; the widths are
   *     frozen then
   */
  void resize(CutBlock block, Fields fields);
}
