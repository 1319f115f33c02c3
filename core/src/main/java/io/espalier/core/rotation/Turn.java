package io.espalier.core.rotation;

import io.espalier.core.calibration.Place;
import io.espalier.trace.Layout;
import java.util.List;
import java.util.Optional;

/**
 * A width whose units may be mixed with one another: what writes it and what reads it are linear,
 * and nothing in between tells one unit from another. It is written once and read by a weight, as
 * the values of attention, or written twice and summed away, as queries and keys.
 *
 * @param symbol the width
 * @param blocks how many times it stands side by side in the weights: once for each head
 * @param writers what writes it: one weight, or that of the queries and then that of the keys
 * @param reader the weight that sums over it; empty where the two that are written are multiplied
 * @param softened whether a Softmax follows these products, to which what the mean of the second
 *     adds to all of them is nothing
 */
record Turn(
    Layout.Symbol symbol,
    int blocks,
    List<Written> writers,
    Optional<Place> reader,
    boolean softened) {
  Turn {
    writers = List.copyOf(writers);
  }

  /** The units of the width. */
  int units() {
    return Math.toIntExact(symbol.extent());
  }

  /**
   * A weight that writes the width.
   *
   * @param place the node that multiplies with it
   * @param shift the tensor that is added to what it computes; -1 for none
   */
  record Written(Place place, int shift) {}
}
