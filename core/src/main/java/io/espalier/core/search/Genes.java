package io.espalier.core.search;

import io.jenetics.Genotype;
import io.jenetics.IntegerChromosome;
import io.jenetics.IntegerGene;
import io.jenetics.Mutator;
import io.jenetics.Phenotype;
import io.jenetics.UniformCrossover;
import io.jenetics.engine.Engine;
import io.jenetics.engine.Evaluator;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Choices as genes: one gene for each dial. */
final class Genes {
  private static final int LARGEST = 24;
  private static final int SMALLEST = 4;
  private static final int GENERATIONS = 8;

  /** After so many generations in a row that bring nothing new, breeding ends. */
  private static final int VAIN_GENERATIONS = 8;

  private static final double MUTATED = 0.15;
  private static final double CROSSED = 0.3;

  /** Genes have one range, so that they cross; it is divided into the steps of each dial. */
  private static final int SCALE = 10_000;

  private Genes() {}

  /**
   * Breeds one generation after the other until all evaluations are spent. Who is like one that was
   * scored before costs none; where generations bring nothing new any more, what is left is spent
   * on random choices.
   *
   * @param fit makes a choice meet the budget
   * @param fitness of such a choice, with its score
   * @param selected says who has offspring, and who survives
   */
  static <C extends Comparable<? super C>> void breed(
      SearchProblem problem,
      Trials trials,
      UnaryOperator<int[]> fit,
      BiFunction<int[], Double, C> fitness,
      UnaryOperator<Engine.Builder<IntegerGene, C>> selected) {
    Evaluator<IntegerGene, C> evaluator = evaluator(problem, trials, fit, fitness);
    Predicate<Object> goesOn = goesOn(trials);
    RandomRegistry.using(
        new Random(problem.seed()),
        random -> {
          Engine<IntegerGene, C> engine =
              selected
                  .apply(new Engine.Builder<>(evaluator, of(problem, problem.original())))
                  .minimizing()
                  .populationSize(population(problem))
                  .alterers(new Mutator<>(MUTATED), new UniformCrossover<>(CROSSED))
                  .executor(Runnable::run)
                  .build();
          engine.stream(first(problem, random)).limit(goesOn).forEach(result -> {});
          RandomStrategy.spend(problem, trials, random);
        });
  }

  /** Whether another generation is worth it, asked after each. */
  private static Predicate<Object> goesOn(Trials trials) {
    int[] left = {trials.left()};
    int[] vain = {0};
    return generation -> {
      vain[0] = trials.left() < left[0] ? 0 : vain[0] + 1;
      left[0] = trials.left();
      return left[0] > 0 && vain[0] < VAIN_GENERATIONS;
    };
  }

  /** How many candidates live at a time. */
  private static int population(SearchProblem problem) {
    return Math.max(SMALLEST, Math.min(LARGEST, problem.evaluations() / GENERATIONS));
  }

  /** A genotype of a choice. */
  private static Genotype<IntegerGene> of(SearchProblem problem, int[] choice) {
    List<IntegerGene> genes = new ArrayList<>();
    for (int i = 0; i < choice.length; i++) {
      int middle = (int) ((choice[i] + 0.5) * SCALE / problem.steps(i));
      genes.add(IntegerGene.of(middle, 0, SCALE));
    }
    return Genotype.of(IntegerChromosome.of(genes));
  }

  /** The choice of a genotype. */
  private static int[] choice(SearchProblem problem, Genotype<IntegerGene> genotype) {
    int[] choice = new int[problem.size()];
    Arrays.setAll(choice, i -> genotype.chromosome().get(i).intValue() * problem.steps(i) / SCALE);
    return choice;
  }

  /** A first generation: what is known to be good, and random ones. */
  private static List<Genotype<IntegerGene>> first(SearchProblem problem, Random random) {
    List<Genotype<IntegerGene>> first = new ArrayList<>();
    problem.starts().forEach(start -> first.add(of(problem, start)));
    while (first.size() < population(problem)) {
      first.add(of(problem, RandomStrategy.draw(problem, random)));
    }
    return first;
  }

  /**
   * Scores all of a generation together.
   *
   * @param fit makes a choice meet the budget
   * @param fitness of such a choice, with its score
   */
  private static <C extends Comparable<? super C>> Evaluator<IntegerGene, C> evaluator(
      SearchProblem problem,
      Trials trials,
      UnaryOperator<int[]> fit,
      BiFunction<int[], Double, C> fitness) {
    return population -> {
      List<int[]> choices =
          population.stream().map(one -> fit.apply(choice(problem, one.genotype()))).toList();
      double[] scores = trials.scores(choices);
      List<Phenotype<IntegerGene, C>> scored = new ArrayList<>();
      for (int i = 0; i < scores.length; i++) {
        double finite = Math.min(scores[i], Double.MAX_VALUE); // fronts measure distances
        scored.add(population.get(i).withFitness(fitness.apply(choices.get(i), finite)));
      }
      return ISeq.of(scored);
    };
  }
}
