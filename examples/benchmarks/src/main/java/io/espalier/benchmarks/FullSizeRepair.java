package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long it takes to make ResNet-50 at full size smaller with random images, and how much memory.
 */
public final class FullSizeRepair {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double NANOS = 1e9;

  private FullSizeRepair() {}

  /**
   * Prints what is done and when, and the result.
   *
   * @param args how many images, 256 if not given, and what part of the multiply-accumulate
   *     operations is to be left, 0.5 if not given
   * @throws IOException if a file cannot be written or read
   */
  public static void main(String[] args) throws IOException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 256;
    double fraction = args.length > 1 ? Double.parseDouble(args[1]) : 0.5;
    ResNet50 whole = new ResNet50();
    try {
      long start = System.nanoTime();
      SearchSpace space = whole.space();
      Samples data =
          DataSources.discover(FullSizeRepair.class.getClassLoader())
              .open(new DataRequest("random", whole.network.inputs(), Map.of(), count, 0));
      Pruned pruned =
          DataPruning.run(
              space,
              PruneOptions.of(Budget.of(Cost.MACS, fraction)),
              data,
              SampleDraw.all(count),
              step -> System.out.printf("%.0f s: %s%n", seconds(start), step));
      System.out.printf(
          "%.0f s: %.3f of the operations, error %.4f, without repair %.4f%n",
          seconds(start),
          (double) pruned.costs().macs() / pruned.costs().originalMacs(),
          pruned.error(),
          pruned.errorBefore());
      Map<String, Integer> reasons = new TreeMap<>();
      pruned.left().values().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
      System.out.println("left alone: " + reasons);
      if (Files.exists(STATUS)) {
        Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .forEach(System.out::println);
      }
    } finally {
      whole.delete();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / NANOS;
  }
}
