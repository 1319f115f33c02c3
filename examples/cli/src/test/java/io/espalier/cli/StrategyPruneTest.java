package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.pruning.SearchOptions;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Candidate;
import io.espalier.core.search.CandidateRunner;
import io.espalier.core.search.Cost;
import io.espalier.core.search.SearchProblem;
import io.espalier.core.search.SearchStrategies;
import io.espalier.core.search.SearchStrategy;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pruning by a strategy, that is stopped and goes on. */
class StrategyPruneTest {
  private static final int WIDTH = SmallData.WIDTH;
  private static final int SAMPLES = 100;

  @TempDir private Path dir = Path.of("");

  private Path model() {
    return SmallData.model(dir.resolve("m.onnx"));
  }

  private Path data() throws IOException {
    return SmallData.npy(dir.resolve("d.npy"), SAMPLES, WIDTH, 0);
  }

  private Object[] args(Path out, Object... more) throws IOException {
    List<Object> args = new ArrayList<>();
    Collections.addAll(args, "prune", model(), "-o", out, "--data", data(), "-q");
    Collections.addAll(args, more);
    return args.toArray();
  }

  private byte[] pruned(Object... more) throws IOException {
    Path out = dir.resolve("out.onnx");
    Cli.done(args(out, more));
    return Files.readAllBytes(out);
  }

  private static long weights(byte[] file) {
    return OnnxModel.of(file).initializers().values().stream()
        .mapToLong(tensor -> tensor.elementCount())
        .sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"greedy", "fastnas", "random", "evolution", "pareto"})
  void aSearchThatWasStoppedGoesOnToTheSameBytes(String strategy) throws IOException {
    Object[] how = {"--strategy", strategy, "--evaluations", 40, "--macs", 0.5, "--seed", 3};
    byte[] whole = pruned(how);
    assertTrue(weights(whole) <= 0.5 * (WIDTH * 32 + 32 * 24 + 24 * 3), strategy);

    List<Object> kept = new ArrayList<>(List.of(how));
    kept.addAll(List.of("--checkpoint", dir.resolve("scores")));
    assertArrayEquals(whole, pruned(kept.toArray()));
    Path file;
    try (Stream<Path> files = Files.list(dir.resolve("scores"))) {
      file = files.findFirst().orElseThrow();
    }
    byte[] scores = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(scores, scores.length / 2));
    assertArrayEquals(whole, pruned(kept.toArray()), strategy);
  }

  private Pruned halved(SearchOptions search) {
    ClassLoader loader = StrategyPruneTest.class.getClassLoader();
    SearchSpaces spaces = new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(loader));
    SearchSpace space = spaces.generate(model(), Rules.everything());
    Samples data =
        DataSources.discover(loader)
            .open(
                new DataRequest(
                    "random", ((OnnxNetwork) space.model()).inputs(), Map.of(), SAMPLES, 0));
    PruneOptions options = PruneOptions.of(Budget.of(Cost.MACS, 0.5)).withSearch(search);
    return DataPruning.run(space, options, data, SampleDraw.all(SAMPLES), step -> {});
  }

  /** What evolution makes of the network, with candidates side by side. */
  private byte[] evolved(int threads) throws IOException {
    ClassLoader loader = StrategyPruneTest.class.getClassLoader();
    Pruned pruned =
        halved(
            SearchOptions.usual()
                .withStrategy(SearchStrategies.discover(loader).get("evolution"))
                .withEvaluations(40)
                .withThreads(threads));
    Path out = dir.resolve("threads.onnx");
    pruned.model().save(out);
    return Files.readAllBytes(out);
  }

  /** Believes that small networks are better than those it was given. */
  private static final class Doubtful implements SearchStrategy {
    private final boolean triesStarts;
    private final List<Config> starts = new ArrayList<>();

    private Doubtful(boolean triesStarts) {
      this.triesStarts = triesStarts;
    }

    @Override
    public String key() {
      return "doubtful";
    }

    @Override
    public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
      List<Candidate> candidates = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int[] choice = new int[problem.size()];
        choice[0] = i;
        candidates.add(new Candidate(problem.config(choice), i, problem.spent(choice)));
      }
      problem.starts().forEach(start -> starts.add(problem.config(start)));
      if (triesStarts) {
        runner.scores(starts);
      }
      return candidates;
    }
  }

  @Test
  void whatAStrategyWasGivenIsRepairedWhollyIfItWasTried() {
    for (boolean tries : new boolean[] {true, false}) {
      Doubtful doubtful = new Doubtful(tries);
      Pruned pruned = halved(SearchOptions.usual().withStrategy(doubtful));
      assertEquals(tries ? 4 : 3, pruned.history().tried().size());
      assertEquals(tries, doubtful.starts.contains(pruned.costs().config()));
    }
  }

  @Test
  void howManyThreadsThereAreDoesNotMatter() throws IOException {
    assertArrayEquals(evolved(1), evolved(3));
  }

  @Test
  void theUsualSearchGoesOnToo() throws IOException {
    byte[] whole = pruned("--macs", 0.4);
    Object[] kept = {"--macs", 0.4, "--checkpoint", dir.resolve("scores")};
    assertArrayEquals(whole, pruned(kept));
    assertArrayEquals(whole, pruned(kept));
    assertArrayEquals(whole, pruned("--macs", 0.4, "--strategy", "curves"), "it has a name");
  }

  /** The part that is wrong, as it is printed, where labels are the model's answers, moved on. */
  private double wrong(int by) throws IOException {
    DataArray answers;
    try (OnnxSession session = OnnxSession.open(model(), SessionSettings.fast())) {
      Samples samples =
          DataSources.discover(StrategyPruneTest.class.getClassLoader())
              .open(
                  new DataRequest(
                      data().toString(), OnnxNetwork.read(model()).inputs(), Map.of(), 1, 0));
      try (Samples.Batches batches = samples.read(SampleDraw.all(SAMPLES), SAMPLES)) {
        answers = session.runArrays(batches.next().orElseThrow().arrays()).get("y");
      }
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      DataArray scores = Objects.requireNonNull(answers).row(i);
      int best = 0;
      for (int c = 1; c < 3; c++) {
        best = scores.number(c) > scores.number(best) ? c : best;
      }
      labels.add(Integer.toString((best + by) % 3));
    }
    Path file = Files.write(dir.resolve("labels.txt"), labels);
    Object[] args = args(dir.resolve("l.onnx"), "--macs", 0.7, "--labels", file);
    String said = Cli.done(Arrays.stream(args).filter(arg -> !arg.equals("-q")).toArray());
    Matcher part =
        Pattern.compile("part that is wrong on \\d+ samples held back: ([\\d.e-]+)").matcher(said);
    assertTrue(part.find(), said);
    return Double.parseDouble(part.group(1));
  }

  @Test
  void labelsDecide() throws IOException {
    double right = wrong(0);
    double other = wrong(1);
    assertTrue(right < 0.3, () -> "wrong about " + right);
    assertTrue(other > 0.6, () -> "right about others: " + other);
    String outputs =
        Cli.done(
            Arrays.stream(
                    args(
                        dir.resolve("o.onnx"),
                        "--macs",
                        0.7,
                        "--labels",
                        dir.resolve("labels.txt"),
                        "--evaluator",
                        "agreement"))
                .filter(arg -> !arg.equals("-q"))
                .toArray());
    assertTrue(outputs.contains("error of outputs on "), outputs);
    Path few = Files.write(dir.resolve("few.txt"), Collections.nCopies(9, "1"));
    assertRefused("there are 9 labels for 100 samples", "--macs", 0.5, "--labels", few);
  }

  /** Many candidates that nobody runs, and three that decide. */
  @Test
  void whatIsPredictedScreens() throws IOException {
    Object[] how = {
      "--strategy",
      "evolution",
      "--evaluations",
      500,
      "--divisor",
      1,
      "--macs",
      0.5,
      "--evaluator",
      "predicted"
    };
    byte[] found = pruned(how);
    assertTrue(weights(found) <= 0.5 * (WIDTH * 32 + 32 * 24 + 24 * 3));
    Path kept = dir.resolve("kept");
    List<Object> again = new ArrayList<>(List.of(how));
    again.set(again.size() - 1, "predicted,agreement");
    again.addAll(List.of("--checkpoint", kept, "--report", dir.resolve("r.html")));
    assertArrayEquals(found, pruned(again.toArray()));
    try (Stream<Path> files = Files.list(kept)) {
      long scored = Files.readAllLines(files.findFirst().orElseThrow()).size();
      assertTrue(scored < 60, () -> scored + " networks were run");
    }
    String json = Files.readString(dir.resolve("search.json"));
    assertTrue(json.contains("\"candidate\" : 200,"), "all that were screened are told");
  }

  /** Of weights alone no curve comes, but a strategy searches all the same. */
  @Test
  void aStrategySearchesWithACriterionOfWeights() throws IOException {
    Object[] how = {"--macs", 0.5, "--divisor", 1, "--importance", "l1", "--strategy", "random"};
    List<Object> few = new ArrayList<>(List.of(how));
    few.addAll(List.of("--evaluations", 30, "--report", dir.resolve("r.html")));
    pruned(few.toArray());
    String json = Files.readString(dir.resolve("search.json"));
    assertTrue(json.contains("\"candidate\" : 30,"), json);
    assertRefused(
        "the criterion \"l1\" gives none; rank by one of [activation, reconstruction]",
        Stream.concat(Arrays.stream(how), Stream.of("--evaluator", "predicted")).toArray());
  }

  @Test
  void whoCannotJudgeIsRefused() throws IOException {
    Object[] by = {"--macs", 0.5, "--strategy", "random", "--evaluator"};
    assertRefused("needs the classes of the data; give --labels", with(by, "labels"));
    assertRefused("name who decides last", with(by, "agreement,predicted"));
    assertRefused("give one name, or two", with(by, "labels,agreement"));
    assertRefused("give one name, or two", with(by, "predicted,agreement,agreement"));
    assertRefused(
        "curves goes by them anyway", "--macs", 0.5, "--evaluator", "predicted,agreement");
  }

  private static Object[] with(Object[] words, Object more) {
    return Stream.concat(Arrays.stream(words), Stream.of(more)).toArray();
  }

  private void assertRefused(String words, Object... more) throws IOException {
    Cli run = Cli.run(args(dir.resolve("refused.onnx"), more));
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }

  @Test
  void whatIsNotKnownIsRefused() throws IOException {
    assertRefused(
        "there is no strategy \"gready\"; did you mean \"greedy\"?"
            + " (strategies: curves, evolution, fastnas, greedy, pareto, random)",
        "--macs",
        0.5,
        "--strategy",
        "gready");
    assertRefused(
        "there is no evaluator \"mine\" (evaluators: agreement, labels, predicted)",
        "--macs",
        0.5,
        "--evaluator",
        "mine");
    String other = "give another --strategy, or leave it out";
    assertRefused(other, "--macs", 0.5, "--evaluations", 3);
    assertRefused(other, "--macs", 0.5, "--strategy", "curves", "--evaluations", 3);
    assertRefused(
        "at least one evaluation", "--macs", 0.5, "--strategy", "random", "--evaluations", 0);
    Cli without =
        Cli.run(
            "prune", model(), "-o", dir.resolve("o.onnx"), "--macs", 0.5, "--strategy", "random");
    assertEquals(2, without.code());
    assertTrue(without.err().contains("give --data, or leave them out"), without.err());
  }
}
