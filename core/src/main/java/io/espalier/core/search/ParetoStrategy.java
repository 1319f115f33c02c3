package io.espalier.core.search;

import io.jenetics.ext.moea.NSGA2Selector;
import io.jenetics.ext.moea.UFTournamentSelector;
import io.jenetics.ext.moea.Vec;
import java.util.ArrayList;
import java.util.List;

/**
 * Breeds networks below the budget for two ends at once, a small error and a small cost (NSGA-II,
 * by Jenetics). What comes first is the front: none of it is both worse and dearer than another.
 */
public final class ParetoStrategy implements SearchStrategy {
  @Override
  public String key() {
    return "pareto";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Trials trials = new Trials(problem, runner);
    Genes.<Vec<double[]>>breed(
        problem,
        trials,
        problem::within,
        (choice, score) -> Vec.of(score, problem.spent(choice)),
        engine ->
            engine
                .offspringSelector(UFTournamentSelector.ofVec())
                .survivorsSelector(NSGA2Selector.ofVec()));
    return front(trials.best());
  }

  /** What no other is better than at both ends, the best scores first. */
  static List<Candidate> front(List<Candidate> byScore) {
    List<Candidate> front = new ArrayList<>();
    double cheapest = Double.POSITIVE_INFINITY;
    for (Candidate candidate : byScore) {
      if (candidate.spent() < cheapest) {
        front.add(candidate);
        cheapest = candidate.spent();
      }
    }
    return front;
  }
}
