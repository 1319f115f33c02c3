package io.espalier.core.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Starts from what the curves of errors give, then takes a step back on one dial after the other,
 * whatever it turns, spends what that saves on the others, and keeps what is better.
 */
public final class GreedyStrategy implements SearchStrategy {
  private static final int BATCH = 8;

  @Override
  public String key() {
    return "greedy";
  }

  @Override
  public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
    Trials trials = new Trials(problem, runner);
    List<int[]> starts = new ArrayList<>(problem.starts());
    if (starts.isEmpty()) {
      starts.add(problem.fitted(problem.original()));
    }
    double[] scores = trials.scores(starts);
    int best = least(scores);
    int[] choice = starts.get(best);
    double score = scores[best];
    int move = 0;
    int last = 0;
    while (trials.left() > 0 && move - last < problem.size() * problem.size()) {
      List<int[]> batch = new ArrayList<>();
      for (; batch.size() < BATCH && move - last < problem.size() * problem.size(); move++) {
        int back = move % problem.size();
        int first = (back + 1 + move / problem.size()) % problem.size();
        if (choice[back] > 0 && first != back) {
          int[] moved = choice.clone();
          moved[back]--;
          if (!problem.meets(moved)) {
            continue; // less may cost more
          }
          batch.add(problem.filled(moved, back, first));
        }
      }
      double[] found = batch.isEmpty() ? new double[0] : trials.scores(batch);
      int at = least(found);
      if (at >= 0 && found[at] < score) {
        choice = batch.get(at);
        score = found[at];
        last = move;
      }
    }
    return trials.best();
  }

  private static int least(double[] scores) {
    int least = -1;
    for (int i = 0; i < scores.length; i++) {
      least = least < 0 || scores[i] < scores[least] ? i : least;
    }
    return least;
  }
}
