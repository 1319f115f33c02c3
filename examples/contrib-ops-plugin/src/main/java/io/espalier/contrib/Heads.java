package io.espalier.contrib;

import io.espalier.spi.Axis;
import io.espalier.spi.Typing;
import java.util.List;

/**
 * The widths of attention: heads, the width of a query and a key, the width of a value.
 *
 * <p>The width of a query stays: a kernel scales the scores by its root, where it is not told
 * otherwise.
 */
final class Heads {
  private final Typing t;
  private final Axis heads;
  private final Axis width;
  private final Axis valueWidth;

  /**
   * @param alike whether values are as wide as keys, because both are kept in one cache
   */
  Heads(Typing t, long heads, long width, long valueWidth, boolean alike) {
    this.t = t;
    this.heads = t.symbol(heads);
    this.width =
        Fused.frozen(t, width, "the kernel scales the scores by the width of a query and a key");
    this.valueWidth = alike ? this.width : t.symbol(valueWidth);
    t.role(this.heads, "num_heads");
    t.role(this.valueWidth, "v_dim");
  }

  Axis heads() {
    return heads;
  }

  /** The width of a query and a key of one head. */
  Axis width() {
    return width;
  }

  /** The width of a value of one head. */
  Axis valueWidth() {
    return valueWidth;
  }

  /** The queries, or keys, of all heads. */
  Axis queries() {
    return t.product(List.of(heads, width));
  }

  /** The values of all heads. */
  Axis values() {
    return t.product(List.of(heads, valueWidth));
  }

  /** Queries, keys and values, side by side. */
  Axis all() {
    return t.concat(List.of(queries(), queries(), values()));
  }

  /** Scores, and what is made of them. */
  void macs(Axis batch, Axis queries, Axis keys) {
    t.macs(batch, heads, queries, keys, width);
    t.macs(batch, heads, queries, keys, valueWidth);
  }
}
