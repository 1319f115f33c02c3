package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every strategy on a chain of which it is known what each width is worth. */
class StrategiesTest {
  private static final int EVALUATIONS = 120;
  private static final Budget BUDGET = Budget.of(Cost.MACS, 0.4);

  private final SearchSpace space =
      new Mlp(16)
          .linear("a", 64)
          .linear("b", 64)
          .linear("c", 48)
          .linear("d", 10)
          .space(Rules.everything());

  @TempDir private Path folder = Path.of("");
  private final List<Config> asked = new ArrayList<>();

  static Stream<SearchStrategy> all() {
    return strategies().all().values().stream();
  }

  private static SearchStrategies strategies() {
    return SearchStrategies.discover(StrategiesTest.class.getClassLoader());
  }

  private SearchProblem problem(int evaluations) {
    List<Config> starts = List.of(BudgetSearch.find(space, BUDGET).config());
    return new SearchProblem(space, BUDGET, starts, evaluations, 7);
  }

  private static double gone(Config config, String name, double whole) {
    return 1
        - Objects.requireNonNull(config.choices().get(name + ".out_features"), name).number()
            / whole;
  }

  /** b matters ten times as much as the others. */
  private static double truth(Config config) {
    return Math.pow(gone(config, "a", 64), 2)
        + 10 * Math.pow(gone(config, "b", 64), 2)
        + Math.pow(gone(config, "c", 48), 2);
  }

  private double[] run(List<Config> candidates) {
    asked.addAll(candidates);
    return candidates.stream().mapToDouble(StrategiesTest::truth).toArray();
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsFoundMeetsTheBudgetAndIsInOrder(SearchStrategy strategy) {
    List<Candidate> found = strategy.search(problem(EVALUATIONS), this::run);
    assertFalse(found.isEmpty());
    double last = 0;
    for (Candidate candidate : found) {
      assertTrue(space.macs(candidate.config()) <= 0.4 * space.macs());
      assertTrue(candidate.spent() <= 1);
      assertEquals(truth(candidate.config()), candidate.score());
      assertTrue(candidate.score() >= last);
      last = candidate.score();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void noMoreIsTriedThanAllowedAndNothingTwice(SearchStrategy strategy) {
    strategy.search(problem(EVALUATIONS), this::run);
    // what is found by single widths is scored once more, as a whole
    assertTrue(asked.size() <= EVALUATIONS + 1, () -> "tried " + asked.size());
    if (!strategy.key().equals("fastnas")) {
      assertEquals(asked.size(), new HashSet<>(asked).size());
    }
  }

  @Test
  void aColdStartIsNotToldWhatIsKnown() {
    SearchProblem warm = problem(EVALUATIONS);
    SearchProblem cold = warm.withoutStarts();
    int[] start = warm.starts().get(0);
    assertEquals(List.of(), cold.starts());
    assertEquals(warm.spent(start), cold.spent(start));
    strategies().get("evolution").search(cold, this::run);
    assertNotEquals(warm.config(warm.fitted(start)), asked.get(0));
    asked.clear();
    strategies().get("evolution").search(warm, this::run);
    assertEquals(warm.config(warm.fitted(start)), asked.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "evolution", "pareto"})
  void whatMayBeTriedIsTried(String key) {
    strategies().get(key).search(problem(EVALUATIONS), this::run);
    assertEquals(EVALUATIONS, new HashSet<>(asked).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "evolution", "pareto"})
  void ofAFewNetworksAllAreTried(String key) {
    SearchSpace few =
        new Mlp(16).linear("a", 32).linear("b", 24).linear("d", 10).space(Rules.everything());
    SearchProblem problem = new SearchProblem(few, BUDGET, List.of(), 1000, 7);
    Set<Config> affordable = new HashSet<>();
    for (int a = 0; a < problem.steps(0); a++) {
      for (int b = 0; b < problem.steps(1); b++) {
        int[] choice = {a, b};
        if (problem.meets(choice)) {
          affordable.add(problem.config(choice));
        }
      }
    }
    assertEquals(2, problem.size());
    Set<Config> tried = new HashSet<>();
    CandidateRunner runner =
        candidates -> {
          candidates.forEach(config -> assertTrue(tried.add(config), "nothing twice"));
          return new double[candidates.size()];
        };
    strategies().get(key).search(problem, runner);
    assertEquals(affordable, tried);
  }

  @ParameterizedTest
  @MethodSource("all")
  void theSameSeedFindsTheSame(SearchStrategy strategy) {
    assertEquals(
        strategy.search(problem(EVALUATIONS), this::run),
        strategy.search(problem(EVALUATIONS), this::run));
  }

  @ParameterizedTest
  @MethodSource("all")
  void evenOneEvaluationGivesSomething(SearchStrategy strategy) {
    assertFalse(strategy.search(problem(1), this::run).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSearchThatWasStoppedAtAnyMomentEndsAlike(SearchStrategy strategy) {
    List<Candidate> whole = strategy.search(problem(EVALUATIONS), this::run);
    int scored = asked.size();
    Random random = new Random(3);
    for (int moment = 0; moment < 10; moment++) {
      Path own = folder.resolve(strategy.key() + moment);
      int stop = random.nextInt(scored);
      try (ScoreBook book = ScoreBook.in(own, "chain")) {
        assertThrows(
            IllegalStateException.class,
            () -> strategy.search(problem(EVALUATIONS), kept(book, stop)));
      }
      asked.clear();
      try (ScoreBook book = ScoreBook.in(own, "chain")) {
        assertEquals(whole, strategy.search(problem(EVALUATIONS), kept(book, Integer.MAX_VALUE)));
      }
      assertTrue(asked.size() <= scored - stop, "scores that were kept are not asked for again");
    }
  }

  /** Scores that are kept; there is an end after some of them. */
  private CandidateRunner kept(ScoreBook book, int most) {
    int[] left = {most};
    return candidates ->
        candidates.stream()
            .mapToDouble(
                config ->
                    book.of(
                        "truth",
                        config,
                        () -> {
                          if (left[0]-- == 0) {
                            throw new IllegalStateException("killed");
                          }
                          return run(List.of(config))[0];
                        }))
            .toArray();
  }

  @Test
  void aLineThatIsNotWholeIsPassedOver() throws Exception {
    Config config = problem(1).config(problem(1).original());
    try (ScoreBook book = ScoreBook.in(folder, "chain")) {
      assertEquals(0.25, book.of("truth", config, () -> 0.25));
    }
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] line = Files.readAllBytes(file);
    Files.write(file, new byte[] {'x', '\t', '1'}, StandardOpenOption.APPEND);
    try (ScoreBook book = ScoreBook.in(folder, "chain")) {
      assertTrue(book.knows("truth", config));
      assertFalse(book.knows("other", config));
    }
    assertArrayEquals(line, Files.readAllBytes(file));
    line[line.length - 3] ^= 1;
    Files.write(file, line);
    try (ScoreBook book = ScoreBook.in(folder, "chain")) {
      assertFalse(book.knows("truth", config));
    }
  }

  @Test
  void scoresOfOneSubjectAreNotThoseOfAnother() {
    Config config = problem(1).config(problem(1).original());
    try (ScoreBook book = ScoreBook.in(folder, "chain")) {
      book.of("truth", config, () -> 0.25);
    }
    try (ScoreBook book = ScoreBook.in(folder, "other")) {
      assertFalse(book.knows("truth", config));
    }
  }

  @Test
  void greedyAndEvolutionFindWhatMattersMost() {
    double random = best("random");
    assertTrue(best("greedy") <= random, () -> best("greedy") + " and random " + random);
    double start = truth(BudgetSearch.find(space, BUDGET).config());
    assertTrue(best("evolution") < 0.7 * start, () -> best("evolution") + " from " + start);
  }

  private double best(String key) {
    return strategies().get(key).search(problem(EVALUATIONS), this::run).get(0).score();
  }

  @Test
  void nothingOnAFrontIsBothWorseAndDearer() {
    List<Candidate> front = new ParetoStrategy().search(problem(EVALUATIONS), this::run);
    assertTrue(front.size() > 2, () -> front.toString());
    for (int i = 1; i < front.size(); i++) {
      assertTrue(front.get(i).score() >= front.get(i - 1).score());
      assertTrue(front.get(i).spent() < front.get(i - 1).spent());
    }
  }

  @Test
  void singleWidthsAreScoredWhateverTheBudget() {
    new FastNasStrategy().search(problem(EVALUATIONS), this::run);
    Set<Config> before = new HashSet<>(asked);
    asked.clear();
    Budget other = Budget.of(Cost.MACS, 0.2);
    new FastNasStrategy()
        .search(new SearchProblem(space, other, List.of(), EVALUATIONS, 7), this::run);
    asked.removeAll(before);
    assertEquals(1, asked.size());
  }

  @Test
  void whatCannotBeMetOrTriedIsRefused() {
    Budget none = Budget.of(Cost.MACS, 0.001);
    EspalierException thrown =
        assertThrows(
            EspalierException.class, () -> new SearchProblem(space, none, List.of(), 10, 0));
    assertTrue(
        String.valueOf(thrown.getMessage()).contains("the smallest this space allows"),
        thrown::getMessage);
    assertThrows(EspalierException.class, () -> new SearchProblem(space, BUDGET, List.of(), 0, 0));
  }

  @Test
  void namesHoldTheUsualSearch() {
    Set<String> names = Set.of("curves", "evolution", "fastnas", "greedy", "pareto", "random");
    assertEquals(names, strategies().names());
    assertEquals(Optional.empty(), strategies().find("curves"));
    assertEquals("greedy", strategies().find("greedy").orElseThrow().key());
    assertEquals(
        "there is no strategy \"gready\"; did you mean \"greedy\"?"
            + " (strategies: curves, evolution, fastnas, greedy, pareto, random)",
        assertThrows(EspalierException.class, () -> strategies().find("gready")).getMessage());
    assertThrows(EspalierException.class, () -> strategies().get("curves"));
  }
}
