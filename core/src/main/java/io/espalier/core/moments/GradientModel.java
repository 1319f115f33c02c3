package io.espalier.core.moments;

import io.espalier.core.data.Samples;
import io.espalier.spi.ImportanceCriterion;
import java.util.Optional;

/** A network whose backend computes gradients. */
public interface GradientModel extends DataModel {
  /**
   * First-order Taylor importance: how much a loss would change without the weights that read a
   * unit.
   *
   * @param samples which of the data, ascending
   * @param labels the class of each of the data, once more for each round of moved copies; then the
   *     first output must hold logits, and the loss is their cross-entropy. Empty for a loss of the
   *     outputs alone
   */
  ImportanceCriterion taylor(Samples data, int[] samples, Optional<int[]> labels);
}
