package io.espalier.core.cost;

import io.espalier.core.values.Block;
import java.util.BitSet;
import java.util.List;

/**
 * What is kept of a network: the extents of the axes that were asked for beforehand, and which
 * nodes are gone.
 */
public final class Extents {
  private final long[] values;
  private final List<Block> skipped;
  private final BitSet gone = new BitSet();

  Extents(long[] values, List<Block> skipped) {
    this.values = values;
    this.skipped = skipped;
    skipped.forEach(block -> block.nodes().forEach(gone::set));
  }

  /**
   * The number of elements along an axis, for one sample.
   *
   * @param axis what {@link CostedNetwork#axis} gave for it
   */
  public long of(int axis) {
    return values[axis];
  }

  /** The product of extents; 2^63 - 1 where it is larger. */
  public long product(int[] axes) {
    long product = 1;
    for (int axis : axes) {
      long value = values[axis];
      if (Math.multiplyHigh(product, value) != 0 || product * value < 0) {
        return Long.MAX_VALUE;
      }
      product *= value;
    }
    return product;
  }

  /** Whether nothing but widths differs from the original. */
  public boolean hasAllNodes() {
    return gone.isEmpty();
  }

  /** The same, without some more nodes. */
  Extents without(BitSet nodes) {
    Extents fewer = new Extents(values, skipped);
    fewer.gone.or(nodes);
    return fewer;
  }

  /** Whether a node was taken out with its block. */
  public boolean isGone(int node) {
    return gone.get(node);
  }

  /** Whether all of some nodes were. */
  public boolean areGone(BitSet nodes) {
    if (gone.isEmpty()) {
      return false;
    }
    for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
      if (!gone.get(node)) {
        return false;
      }
    }
    return true;
  }

  /** The blocks that were taken out, in graph order. */
  public List<Block> skipped() {
    return skipped;
  }
}
