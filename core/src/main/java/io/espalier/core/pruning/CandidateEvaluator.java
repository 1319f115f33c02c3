package io.espalier.core.pruning;

import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;

/**
 * Decides between candidates of pruning by a measure of the user's own, in place of how far their
 * outputs are from the original's. It is registered with
 * {@code @AutoService(CandidateEvaluator.class)}, or a line in {@code
 * META-INF/services/io.espalier.core.pruning.CandidateEvaluator}, and chosen by its key.
 */
public interface CandidateEvaluator {
  /** The name by which an application chooses it; unique on a class path. */
  String key();

  /**
   * The error of a candidate; the same for the same candidate each time.
   *
   * @param original the network that it was cut from
   * @param candidate the smaller network, repaired
   * @param samples which of the data were held back from the repair
   * @return smaller is better; infinite for what is of no use
   */
  double error(DataModel original, DataModel candidate, Samples data, int[] samples);
}
