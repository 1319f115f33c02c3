package io.espalier.core.search;

import io.jenetics.IntegerGene;
import io.jenetics.Mutator;
import io.jenetics.TournamentSelector;
import io.jenetics.UniformCrossover;
import io.jenetics.engine.Engine;
import io.jenetics.util.RandomRegistry;
import java.util.List;
import java.util.Random;

/** Breeds networks that meet the budget, by Jenetics: the best of them have the most offspring. */
public final class EvolutionStrategy implements SearchStrategy {
  private static final double MUTATED = 0.15;
  private static final double CROSSED = 0.3;

  @Override
  public String key() {
    return "evolution";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Trials trials = new Trials(problem, runner);
    int size = Genes.population(problem);
    int generations = Math.max(1, problem.evaluations() / size);
    RandomRegistry.using(
        new Random(problem.seed()),
        random -> {
          Engine<IntegerGene, Double> engine =
              new Engine.Builder<IntegerGene, Double>(
                      Genes.evaluator(problem, trials, problem::fitted, (choice, score) -> score),
                      Genes.of(problem, problem.original()))
                  .minimizing()
                  .populationSize(size)
                  .selector(new TournamentSelector<>())
                  .alterers(new Mutator<>(MUTATED), new UniformCrossover<>(CROSSED))
                  .executor(Runnable::run)
                  .build();
          engine.stream(Genes.first(problem, random)).limit(generations).forEach(result -> {});
        });
    return trials.best();
  }
}
