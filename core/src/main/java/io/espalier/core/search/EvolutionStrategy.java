package io.espalier.core.search;

import io.jenetics.TournamentSelector;
import java.util.List;

/** Breeds networks that meet the budget, by Jenetics: the best of them have the most offspring. */
public final class EvolutionStrategy implements SearchStrategy {
  @Override
  public String key() {
    return "evolution";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Trials trials = new Trials(problem, runner);
    Genes.<Double>breed(
        problem,
        trials,
        problem::fitted,
        (choice, score) -> score,
        engine -> engine.selector(new TournamentSelector<>()));
    return trials.best();
  }
}
