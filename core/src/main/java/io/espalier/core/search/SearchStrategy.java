package io.espalier.core.search;

import java.util.List;

/**
 * A way to look for good networks under a budget. It is registered with
 * {@code @AutoService(SearchStrategy.class)}, or a line in {@code
 * META-INF/services/io.espalier.core.search.SearchStrategy}, and chosen by its key. A strategy is
 * stateless, and the same problem and scores lead it to the same candidates: whatever is random is
 * drawn from the seed of the problem. That is also what makes a search go on where it was stopped.
 */
public interface SearchStrategy {
  /** The name by which an application chooses it; unique on a class path. */
  String key();

  /**
   * Searches.
   *
   * @param problem what may be chosen, and how often may be tried
   * @param runner scores what is tried
   * @return candidates that meet the budget, the best first; at least one
   */
  List<Candidate> search(SearchProblem problem, CandidateRunner runner);
}
