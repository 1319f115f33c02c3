package io.espalier.djl.training;

import io.espalier.djl.DjlNetwork;
import java.util.List;

/**
 * A network that was trained further.
 *
 * @param network the network, with parameters of its own; to be closed
 * @param errorBefore of its outputs before any training, on samples that it was not trained with:
 *     the squared difference from the original's as a part of their variance
 * @param errors the same after each epoch
 * @param epoch after which the network was taken, the least error having been there; 0 for none
 * @param heldBack how many samples these errors were taken on
 */
public record FineTuned(
    DjlNetwork network, double errorBefore, List<Double> errors, int epoch, int heldBack) {
  public FineTuned {
    errors = List.copyOf(errors);
  }

  /** The error of the network that was taken. */
  public double error() {
    return epoch == 0 ? errorBefore : errors.get(epoch - 1);
  }
}
