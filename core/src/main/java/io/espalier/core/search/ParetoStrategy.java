package io.espalier.core.search;

import io.jenetics.IntegerGene;
import io.jenetics.Mutator;
import io.jenetics.UniformCrossover;
import io.jenetics.engine.Engine;
import io.jenetics.ext.moea.NSGA2Selector;
import io.jenetics.ext.moea.UFTournamentSelector;
import io.jenetics.ext.moea.Vec;
import io.jenetics.util.RandomRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Breeds networks below the budget for two ends at once, a small error and a small cost (NSGA-II,
 * by Jenetics). What comes first is the front: none of it is both worse and dearer than another.
 */
public final class ParetoStrategy implements SearchStrategy {
  private static final double MUTATED = 0.15;
  private static final double CROSSED = 0.3;

  @Override
  public String key() {
    return "pareto";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Trials trials = new Trials(problem, runner);
    int size = Genes.population(problem);
    int generations = Math.max(1, problem.evaluations() / size);
    RandomRegistry.using(
        new Random(problem.seed()),
        random -> {
          Engine<IntegerGene, Vec<double[]>> engine =
              new Engine.Builder<IntegerGene, Vec<double[]>>(
                      Genes.evaluator(
                          problem,
                          trials,
                          problem::within,
                          (choice, score) -> Vec.of(score, problem.spent(choice))),
                      Genes.of(problem, problem.original()))
                  .minimizing()
                  .populationSize(size)
                  .offspringSelector(UFTournamentSelector.ofVec())
                  .survivorsSelector(NSGA2Selector.ofVec())
                  .alterers(new Mutator<>(MUTATED), new UniformCrossover<>(CROSSED))
                  .executor(Runnable::run)
                  .build();
          engine.stream(Genes.first(problem, random)).limit(generations).forEach(result -> {});
        });
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
