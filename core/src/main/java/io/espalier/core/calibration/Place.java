package io.espalier.core.calibration;

import io.espalier.spi.Linear;
import java.util.List;

/**
 * A node whose weight can be solved anew from data.
 *
 * @param node its index in the graph
 * @param form how its output depends on the weight
 * @param weight the weight as it is stored
 * @param chain nodes behind it whose outputs are, channel by channel, affine functions of its own
 * @param sum the node that adds the end of the chain to something else; -1 where it is not added
 * @param level how many such nodes stand before it on the longest way, itself included
 * @param mask the input that says which rows count; empty where all do
 */
public record Place(
    int node, Linear form, Stored weight, List<Integer> chain, int sum, int level, String mask) {
  public Place {
    chain = List.copyOf(chain);
  }

  /**
   * A parameter as it is stored.
   *
   * @param tensor the constant
   * @param transposed whether the node reads it with its two axes exchanged
   */
  public record Stored(int tensor, boolean transposed) {}
}
