package io.espalier.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores every dial alone, at a few of its steps, makes what comes out monotone, and lets one
 * threshold decide: each dial takes the least step whose error is below it. The threshold is the
 * least that meets the budget. Scores of single dials do not depend on the budget: where they are
 * kept, another budget costs nothing.
 */
public final class FastNasStrategy implements SearchStrategy {
  private static final int BISECTIONS = 60;

  @Override
  public String key() {
    return "fastnas";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    double[][] errors = errors(problem, runner);
    double high = 0;
    for (double[] own : errors) {
      high = Math.max(high, own[0]);
    }
    double low = 0;
    int[] best = problem.within(new int[problem.size()]);
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      int[] choice = below(errors, middle);
      if (problem.meets(choice)) {
        high = middle;
        best = choice;
      } else {
        low = middle;
      }
    }
    int[] filled = problem.fitted(best);
    double score = runner.scores(List.of(problem.config(filled)))[0];
    return List.of(new Candidate(problem.config(filled), score, problem.spent(filled)));
  }

  private static int[] below(double[][] errors, double threshold) {
    int[] choice = new int[errors.length];
    for (int i = 0; i < choice.length; i++) {
      while (errors[i][choice[i]] > threshold) {
        choice[i]++;
      }
    }
    return choice;
  }

  /** For each dial the error at each step, none larger than at the step before. */
  private static double[][] errors(SearchProblem problem, CandidateRunner runner) {
    int[] whole = problem.original();
    int probes = Math.max(1, problem.evaluations() / Math.max(1, problem.size()));
    List<int[]> choices = new ArrayList<>();
    List<int[]> probed = new ArrayList<>();
    for (int dial = 0; dial < whole.length; dial++) {
      int count = Math.min(probes, whole[dial]);
      for (int i = 0; i < count; i++) {
        int[] choice = whole.clone();
        choice[dial] = (int) ((long) i * whole[dial] / count);
        choices.add(choice);
        probed.add(new int[] {dial, choice[dial]});
      }
    }
    double[] scores =
        choices.isEmpty()
            ? new double[0]
            : runner.scores(choices.stream().map(problem::config).toList());
    double[][] errors = new double[whole.length][];
    Arrays.setAll(errors, dial -> new double[whole[dial] + 1]);
    for (int i = scores.length - 1; i >= 0; i--) {
      spread(errors[probed.get(i)[0]], probed.get(i)[1], scores[i]);
    }
    return errors;
  }

  /** Draws a straight line from a step to the next that is known, and never falls on the way. */
  private static void spread(double[] errors, int step, double score) {
    int known = step + 1;
    while (known < errors.length - 1 && errors[known] == 0) {
      known++;
    }
    double finite = Double.isFinite(score) ? score : Double.MAX_VALUE / errors.length;
    double here = Math.max(finite, errors[known]);
    for (int i = step; i < known; i++) {
      errors[i] = here + (errors[known] - here) * (i - step) / (known - step);
    }
  }
}
