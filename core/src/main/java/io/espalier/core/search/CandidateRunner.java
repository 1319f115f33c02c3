package io.espalier.core.search;

import io.espalier.core.values.Config;
import java.util.List;

/**
 * Finds out how good candidates of a search are. A search does not know where that happens: here
 * and now, in several threads, or elsewhere.
 */
@FunctionalInterface
public interface CandidateRunner {
  /**
   * Scores candidates. The same candidate gets the same score each time.
   *
   * @return the error of each, in their order: smaller is better, infinite for what is of no use
   */
  double[] scores(List<Config> candidates);
}
