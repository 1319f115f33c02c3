package io.espalier.core.search;

import io.jenetics.IntegerGene;
import io.jenetics.TournamentSelector;
import io.jenetics.engine.Evaluator;
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
    Evaluator<IntegerGene, Double> scores =
        Genes.evaluator(problem, trials, problem::fitted, (choice, score) -> score);
    Genes.breed(problem, scores, engine -> engine.selector(new TournamentSelector<>()));
    return trials.best();
  }
}
