package io.espalier.core.search;

import io.espalier.core.Dials;
import java.util.List;
import java.util.Random;

/** Draws networks that meet the budget and come close to it, and keeps the best. */
public final class RandomStrategy implements SearchStrategy {
  /** How often a kernel or a depth stays what it is. */
  private static final double WHOLE = 0.75;

  @Override
  public String key() {
    return "random";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Random random = new Random(problem.seed());
    Trials trials = new Trials(problem, runner);
    spend(problem, trials, random);
    return trials.best();
  }

  /**
   * Spends the evaluations that are left on random choices: on those that fill the budget, and on
   * smaller ones where all of these were tried.
   */
  static void spend(SearchProblem problem, Trials trials, Random random) {
    trials.spend(() -> problem.fitted(draw(problem, random)));
    trials.spend(() -> problem.within(draw(problem, random)));
  }

  /** A random step of every dial. */
  static int[] draw(SearchProblem problem, Random random) {
    int[] choice = problem.original();
    for (int i = 0; i < choice.length; i++) {
      int step = random.nextInt(choice[i] + 1);
      boolean whole = random.nextDouble() < WHOLE;
      choice[i] = whole && problem.kind(i) != Dials.Kind.WIDTH ? choice[i] : step;
    }
    return choice;
  }
}
