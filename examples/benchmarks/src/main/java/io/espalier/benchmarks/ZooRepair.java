package io.espalier.benchmarks;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.OutputComparison;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What repairing weights with data gains on ONNX files: each is cut to half its multiply-accumulate
 * operations, or the least it allows, and what it computes is compared with the original on inputs
 * that were not seen, with and without the repair. The data are random.
 */
public final class ZooRepair {
  private static final double HALF = 0.5;
  private static final double FRACTION_STEP = 0.05;
  private static final int SAMPLES = 256;
  private static final int FEWEST = 40;
  private static final int FRESH = 128;

  /** Samples are fewer where one pass over them takes more operations than this. */
  private static final double OPERATIONS = 6e10;

  private final DataSources sources = DataSources.discover(ZooRepair.class.getClassLoader());
  private final SearchSpaces spaces =
      Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);

  private final int most;

  private ZooRepair(int most) {
    this.most = most;
  }

  /**
   * Prints a line for each file.
   *
   * @param args ONNX files, and folders of them; {@code --samples N} in front for at most so many
   *     samples to calibrate from, 256 if not given
   * @throws IOException if a folder cannot be read
   */
  public static void main(String[] args) throws IOException {
    List<Path> files = new ArrayList<>();
    boolean told = args.length > 1 && args[0].equals("--samples");
    for (String arg : Arrays.asList(args).subList(told ? 2 : 0, args.length)) {
      Path path = Path.of(arg);
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.list(path)) {
          inside.filter(file -> file.toString().endsWith(".onnx")).sorted().forEach(files::add);
        }
      } else {
        files.add(path);
      }
    }
    ZooRepair repair = new ZooRepair(told ? Integer.parseInt(args[1]) : SAMPLES);
    System.out.println("| file | MACs | samples | without | with | ratio | seconds | left alone |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Path file : files) {
      try {
        System.out.println(repair.line(file));
      } catch (RuntimeException e) { // a fault of one file says nothing of the others
        System.out.printf("| `%s` | failed: %s |%n", file.getFileName(), e);
        e.printStackTrace();
      }
    }
  }

  private String line(Path file) {
    long start = System.nanoTime();
    SearchSpace space = spaces.generate(file, Rules.everything());
    space.sortParameters();
    DataModel original = (DataModel) space.model();
    int count = (int) Math.max(FEWEST, Math.min(most, OPERATIONS / Math.max(1, space.macs())));
    Samples data = open(original, count, 0);
    Pruned pruned =
        DataPruning.run(
            space,
            PruneOptions.of(budget(space)),
            data,
            SampleDraw.all(count),
            step -> System.err.println(file.getFileName() + ": " + step));
    double seconds = (System.nanoTime() - start) / 1e9;
    // the space was turned to the result, so this is the same cut with the weights as they were
    DataModel plain = (DataModel) space.export();
    Samples fresh = open(original, Math.min(count, FRESH), 1);
    double without = error(original, plain, fresh);
    double with = error(original, pruned.model(), fresh);
    Map<String, Integer> reasons = new TreeMap<>();
    pruned.left().values().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
    return String.format(
        "| `%s` | %.3f | %d | %.4f | %.4f | %.3f | %.0f | %s |",
        file.getFileName(),
        (double) pruned.costs().macs() / pruned.costs().originalMacs(),
        count,
        without,
        with,
        with / without,
        seconds,
        pruned.left().isEmpty() ? "" : pruned.left().size() + " " + reasons);
  }

  private Samples open(DataModel model, int samples, long seed) {
    return sources.open(new DataRequest("random", model.inputs(), Map.of(), samples, seed));
  }

  /** Half of the operations, or the least that can be met. */
  private static Budget budget(SearchSpace space) {
    for (double fraction = HALF; ; fraction += FRACTION_STEP) {
      Budget budget = Budget.of(Cost.MACS, Math.min(1, fraction));
      try {
        BudgetSearch.find(space, budget);
        return budget;
      } catch (EspalierException e) {
        if (fraction >= 1) {
          throw e;
        }
      }
    }
  }

  private static double error(DataModel original, DataModel small, Samples data) {
    int[] all = SampleDraw.all(data.count());
    List<int[]> samples = new ArrayList<>();
    List<Map<String, DataArray>> expected = new ArrayList<>();
    original.run(
        data,
        all,
        (batch, outputs) -> {
          samples.add(batch.samples());
          expected.add(outputs);
        });
    List<Map<String, DataArray>> actual = new ArrayList<>();
    small.run(data, all, (batch, outputs) -> actual.add(outputs));
    OutputComparison comparison = new OutputComparison(sample -> "sample " + sample);
    for (int i = 0; i < expected.size(); i++) {
      comparison.add(samples.get(i), expected.get(i), actual.get(i));
    }
    return comparison.error();
  }
}
