package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.search.Budget;
import io.espalier.core.search.CandidateRunner;
import io.espalier.core.search.ErrorCurve;
import io.espalier.core.search.SearchHistory;
import io.espalier.core.values.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Collects what a search sees. Of each candidate the first score of its kind counts. */
final class Seen {
  private final Map<Config, Double> screened = new LinkedHashMap<>();
  private final Map<Config, Double> tried = new LinkedHashMap<>();
  private List<ErrorCurve> curves = List.of();

  void curves(List<ErrorCurve> found) {
    curves = found;
  }

  /** A candidate was scored cheaply. */
  void screened(Config config, double error) {
    screened.putIfAbsent(config, error);
  }

  /** The cheap score of a candidate; empty where it has none. */
  OptionalDouble screening(Config config) {
    Double error = screened.get(config);
    return error == null ? OptionalDouble.empty() : OptionalDouble.of(error);
  }

  /** A candidate was scored as the result is. */
  void tried(Config config, double error) {
    tried.putIfAbsent(config, error);
  }

  /** The same runner, of which all scores are noted. */
  CandidateRunner noting(CandidateRunner runner) {
    return candidates -> {
      double[] scores = runner.scores(candidates);
      for (int i = 0; i < scores.length; i++) {
        screened(candidates.get(i), scores[i]);
      }
      return scores;
    };
  }

  SearchHistory history(SearchSpace space, Budget budget) {
    return SearchHistory.of(space, budget, curves, screened, tried);
  }
}
