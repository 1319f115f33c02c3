package io.espalier.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What one search has tried: each choice is scored once, and no more than are allowed. */
final class Trials {
  private final SearchProblem problem;
  private final CandidateRunner runner;
  private final Map<List<Integer>, Candidate> tried = new LinkedHashMap<>();

  Trials(SearchProblem problem, CandidateRunner runner) {
    this.problem = problem;
    this.runner = runner;
  }

  private static List<Integer> key(int[] choice) {
    return Arrays.stream(choice).boxed().toList();
  }

  /** How many may still be scored. */
  int left() {
    return problem.evaluations() - tried.size();
  }

  /** Scores of choices; infinite for those that there was no evaluation left for. */
  double[] scores(List<int[]> choices) {
    LinkedHashSet<List<Integer>> news = new LinkedHashSet<>();
    for (int[] choice : choices) {
      if (!tried.containsKey(key(choice)) && news.size() < left()) {
        news.add(key(choice));
      }
    }
    List<int[]> unknown =
        news.stream().map(key -> key.stream().mapToInt(Integer::intValue).toArray()).toList();
    if (!unknown.isEmpty()) {
      double[] scores = runner.scores(unknown.stream().map(problem::config).toList());
      for (int i = 0; i < scores.length; i++) {
        double score = Double.isNaN(scores[i]) ? Double.POSITIVE_INFINITY : scores[i];
        int[] choice = unknown.get(i);
        tried.put(key(choice), new Candidate(problem.config(choice), score, problem.spent(choice)));
      }
    }
    return choices.stream()
        .mapToDouble(
            choice -> {
              Candidate known = tried.get(key(choice));
              return known == null ? Double.POSITIVE_INFINITY : known.score();
            })
        .toArray();
  }

  /** What meets the budget, the best first. */
  List<Candidate> best() {
    List<Candidate> candidates = new ArrayList<>(tried.values());
    candidates.removeIf(candidate -> candidate.spent() > 1);
    candidates.sort(Comparator.comparingDouble(Candidate::score));
    return candidates;
  }
}
