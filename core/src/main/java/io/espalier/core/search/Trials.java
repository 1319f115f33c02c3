package io.espalier.core.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What one search has tried: each choice is scored once, and no more than are allowed. */
final class Trials {
  /** How many random choices are scored together. */
  private static final int BATCH = 16;

  /** After so many draws in a row that bring nothing new, nothing new is expected. */
  private static final int VAIN_DRAWS = 500;

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

  /**
   * Scores what is drawn until nothing more may be scored, or draws bring nothing new any more.
   *
   * @param draw makes a choice that meets the budget
   */
  void spend(Supplier<int[]> draw) {
    List<int[]> batch = new ArrayList<>();
    Set<List<Integer>> drawn = new HashSet<>();
    int vain = 0;
    while (left() > 0 && vain < VAIN_DRAWS) {
      int[] choice = draw.get();
      boolean news = !tried.containsKey(key(choice)) && drawn.add(key(choice));
      vain = news ? 0 : vain + 1;
      if (news) {
        batch.add(choice);
      }
      if (batch.size() == Math.min(BATCH, left()) || vain == VAIN_DRAWS) {
        scores(batch);
        batch.clear();
      }
    }
  }

  /** What meets the budget, the best first. */
  List<Candidate> best() {
    List<Candidate> candidates = new ArrayList<>(tried.values());
    candidates.removeIf(candidate -> candidate.spent() > 1);
    candidates.sort(Comparator.comparingDouble(Candidate::score));
    return candidates;
  }
}
