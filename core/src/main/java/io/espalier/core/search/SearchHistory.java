package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a search has seen on its way to a result. Scores of one list compare with each other alone.
 *
 * @param curves what each width loses with its units; empty where no data told
 * @param screened candidates that were scored cheaply, in the order in which they were
 * @param tried those that were scored as the result is, in the order in which they were
 */
public record SearchHistory(
    List<ErrorCurve> curves, List<Candidate> screened, List<Candidate> tried) {
  public SearchHistory {
    curves = List.copyOf(curves);
    screened = List.copyOf(screened);
    tried = List.copyOf(tried);
  }

  /**
   * A history.
   *
   * @param screened errors of candidates that were scored cheaply
   * @param tried errors of those that were scored as the result is
   */
  public static SearchHistory of(
      SearchSpace space,
      Budget budget,
      List<ErrorCurve> curves,
      Map<Config, Double> screened,
      Map<Config, Double> tried) {
    Meter meter = new Meter(space, budget);
    return new SearchHistory(curves, candidates(meter, screened), candidates(meter, tried));
  }

  private static List<Candidate> candidates(Meter meter, Map<Config, Double> errors) {
    List<Candidate> candidates = new ArrayList<>();
    errors.forEach(
        (config, error) -> {
          double measure = meter.at(meter.dials().setting(config)).measure();
          candidates.add(new Candidate(config, error, measure / meter.allowed()));
        });
    return candidates;
  }

  /**
   * Those of the screened candidates that meet the budget, and that no other is better than at both
   * ends, error and cost; the least errors first.
   */
  public List<Candidate> front() {
    List<Candidate> byScore = new ArrayList<>(screened);
    byScore.removeIf(candidate -> !Double.isFinite(candidate.score()) || candidate.spent() > 1);
    byScore.sort(
        Comparator.comparingDouble(Candidate::score).thenComparingDouble(Candidate::spent));
    return ParetoStrategy.front(byScore);
  }
}
