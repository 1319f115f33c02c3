package io.espalier.core.search;

import io.espalier.core.Dials;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws networks that meet the budget and come close to it, and keeps the best. */
public final class RandomStrategy implements SearchStrategy {
  private static final int BATCH = 16;

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
    int last = -1;
    while (trials.left() > 0 && trials.left() != last) {
      last = trials.left();
      List<int[]> batch = new ArrayList<>();
      for (int i = 0; i < Math.min(BATCH, last); i++) {
        batch.add(problem.fitted(draw(problem, random)));
      }
      trials.scores(batch);
    }
    return trials.best();
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
