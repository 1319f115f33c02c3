package io.espalier.training;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.PruneOptions.Repair;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What pruning an ONNX file with unlabelled digits costs in accuracy: calibration images are drawn
 * from the first 8,000 of the MNIST test set, as {@code prune --data .. --range :8000 --samples 500
 * --seed DRAW} does, and the last 2,000 test what comes out.
 */
public final class DigitPruning {
  private static final int LESSONS = 8000;
  private static final int SAMPLES = 500;
  private static final String USAGE =
      "give the folder of MNIST, an ONNX file, and options: --draws N (5); --macs 0.5,0.25,0.1;"
          + " --criteria reconstruction; --repairs SEQUENTIAL; --strategies curves, each of which"
          + " starts from nothing if -cold follows; --evaluations N (200); --divisor N (8); --keep"
          + " FOLDER, of what was measured and scored, for other rows; --mean M and --deviation D"
          + " of pixels from 0 to 1 (0 and 1)";
  private static final String COLD = "-cold";

  private int draws = 5;
  private List<Double> budgets = List.of(0.5, 0.25, 0.1);
  private List<String> criteria = List.of("reconstruction");
  private List<Repair> repairs = List.of(Repair.SEQUENTIAL);
  private List<String> strategies = List.of(SearchStrategies.CURVES);
  private int evaluations = SearchOptions.usual().evaluations();
  private int divisor = 8;
  private @Nullable Path kept;
  private float mean;
  private float deviation = 1;

  private DigitPruning() {}

  /**
   * Prints the accuracy of what is left, for each strategy, criterion, repair and budget.
   *
   * <p>Expects the folder that holds images and labels, an ONNX file, and options.
   */
  public static void main(String[] args) throws IOException {
    DigitPruning table = new DigitPruning();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        files.add(Path.of(args[i]));
        continue;
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " lacks its value; " + USAGE);
      }
      table.set(args[i], args[++i]);
    }
    if (files.size() != 2 || table.draws < 1) {
      throw new IllegalArgumentException(USAGE);
    }
    table.print(files.get(0), files.get(1));
  }

  private void set(String option, String value) {
    switch (option) {
      case "--draws" -> draws = Integer.parseInt(value);
      case "--macs" -> budgets = list(value, Double::valueOf);
      case "--criteria" -> criteria = list(value, name -> name);
      case "--repairs" -> repairs = list(value, DigitPruning::repair);
      case "--strategies" -> strategies = list(value, this::known);
      case "--evaluations" -> evaluations = Integer.parseInt(value);
      case "--keep" -> kept = Path.of(value);
      case "--divisor" -> divisor = Integer.parseInt(value);
      case "--mean" -> mean = Float.parseFloat(value);
      case "--deviation" -> deviation = Float.parseFloat(value);
      default -> throw new IllegalArgumentException("there is no " + option + "; " + USAGE);
    }
  }

  private static Repair repair(String name) {
    return Arrays.stream(Repair.values())
        .filter(repair -> repair.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no repair " + name + ", only " + Arrays.toString(Repair.values())));
  }

  private static <T> List<T> list(String value, Function<String, T> element) {
    return Arrays.stream(value.split(",")).map(element).toList();
  }

  private void print(Path folder, Path file) throws IOException {
    Images all = Images.mnist(folder);
    Images exam = all.part(LESSONS, all.count()).normalised(mean, deviation);
    double whole = 100 * DigitAccuracy.of(file, exam);
    System.out.println(String.format(Locale.ROOT, "%s: %.2f%%", file.getFileName(), whole));
    Path small = Files.createTempFile("digits", ".onnx");
    try {
      for (String strategy : strategies) {
        System.out.println("by " + strategy + ":");
        for (PruneOptions options : rows(search(strategy))) {
          row(folder, file, small, exam, whole, options);
        }
      }
    } finally {
      Files.deleteIfExists(small);
    }
  }

  private String known(String strategy) {
    search(strategy);
    return strategy;
  }

  private SearchOptions search(String name) {
    SearchStrategies known = SearchStrategies.discover(DigitPruning.class.getClassLoader());
    SearchOptions usual = SearchOptions.usual().withEvaluations(evaluations);
    if (kept != null) {
      usual = usual.withCheckpoint(kept);
    }
    if (name.endsWith(COLD)) {
      SearchStrategy warm = known.get(name.substring(0, name.length() - COLD.length()));
      return usual.withStrategy(new Cold(warm));
    }
    return known.find(name).map(usual::withStrategy).orElse(usual);
  }

  /** A strategy that is not told what curves give. */
  private record Cold(SearchStrategy warm) implements SearchStrategy {
    @Override
    public String key() {
      return warm.key() + COLD;
    }

    @Override
    public List<Candidate> search(SearchProblem problem, CandidateRunner runner) {
      return warm.search(problem.withoutStarts(), runner);
    }
  }

  private List<PruneOptions> rows(SearchOptions search) {
    List<PruneOptions> rows = new ArrayList<>();
    for (String criterion : criteria) {
      for (Repair repair : repairs) {
        for (double budget : budgets) {
          PruneOptions options =
              PruneOptions.of(Budget.of(Cost.MACS, budget).withDivisor(divisor))
                  .withCriterion(criterion)
                  .withRepair(repair)
                  .withSearch(search);
          rows.add(kept == null ? options : options.withCache(kept));
        }
      }
    }
    return rows;
  }

  private void row(
      Path folder, Path file, Path small, Images exam, double whole, PruneOptions options)
      throws IOException {
    double[] accuracies = new double[draws];
    double most = 0;
    long start = System.nanoTime();
    for (int draw = 0; draw < draws; draw++) {
      Pruned pruned = prune(folder, file, options.withSeed(draw));
      pruned.model().save(small);
      accuracies[draw] = 100 * DigitAccuracy.of(small, exam);
      most = Math.max(most, pruned.costs().macs() / (double) pruned.costs().originalMacs());
    }
    double seconds = (System.nanoTime() - start) / 1e9 / draws;
    Arrays.sort(accuracies);
    double average = Arrays.stream(accuracies).average().orElse(Double.NaN);
    System.out.println(
        String.format(
            Locale.ROOT,
            "%s, %s, %s of the MACs: %.2f%%, loses %.2f (%.2f to %.2f) points; at most %.3f of the"
                + " MACs, %.0f s each",
            options.criterion(),
            options.repair().name().toLowerCase(Locale.ROOT),
            options.budget().limits().get(0).amount(),
            average,
            whole - average,
            whole - accuracies[draws - 1],
            whole - accuracies[0],
            most,
            seconds));
  }

  private Pruned prune(Path folder, Path file, PruneOptions options) {
    ClassLoader loader = DigitPruning.class.getClassLoader();
    SearchSpace space = SearchSpaces.discover(loader).generate(file, Rules.everything());
    DataModel model = (DataModel) space.model();
    DataRequest request =
        DataRequest.of(folder.resolve("t10k-images-idx3-ubyte.gz").toString(), model.inputs())
            .with("image-scale", "1/255")
            .with("image-mean", Float.toString(mean))
            .with("image-std", Float.toString(deviation));
    Samples data = DataSources.discover(loader).open(request);
    int[] lessons = SampleDraw.all(LESSONS);
    int[] drawn = SampleDraw.draw(lessons, SAMPLES, options.seed());
    return DataPruning.run(space, options, data, drawn, step -> {});
  }
}
