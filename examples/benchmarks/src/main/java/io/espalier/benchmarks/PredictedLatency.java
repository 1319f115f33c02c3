package io.espalier.benchmarks;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.InputSpec;
import io.espalier.core.latency.Latencies;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.core.latency.LatencySearch;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.MobileNet;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How far predicted latencies are from measured ones: random sub-networks of each model, each timed
 * beside the original, and once more after all the others, since machines change within minutes,
 * and what a search under 0.6 of the latency ends at.
 */
public final class PredictedLatency {
  private static final double FAR = 0.1;
  private static final double NEAR = 0.05;
  private static final double PART = 0.6;
  private static final int SEARCHES = 4;
  private static final double NANOS = 1e9;

  private PredictedLatency() {}

  /**
   * Prints a line for each model.
   *
   * @param args how many sub-networks, how many threads, and files, {@code resnet50} or {@code
   *     mobilenet}
   * @throws IOException if a file cannot be written or read
   */
  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[0]);
    int threads = Integer.parseInt(args[1]);
    Path folder = Files.createTempDirectory("espalier-benchmarks");
    try {
      for (String name : Arrays.asList(args).subList(2, args.length)) {
        check(name, file(name, folder), count, threads);
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private static Path file(String name, Path folder) {
    if (name.endsWith(".onnx")) {
      return Path.of(name);
    }
    OnnxModel model =
        name.equals("resnet50")
            ? SampleNetworks.resnet50()
            : SampleNetworks.mobilenet(
                new MobileNet(List.of(24, 24, 40, 40, 80, 80, 112, 112, 160, 160), 6, 1000, 224));
    Path file = folder.resolve(name + ".onnx");
    new OnnxEdit(model).write(file);
    return file;
  }

  private static void check(String name, Path file, int count, int threads) {
    OnnxNetwork network = OnnxNetwork.read(file);
    DMRegistry registry = DMRegistry.discover(PredictedLatency.class.getClassLoader());
    SearchSpace space =
        new SearchSpaces(Set.of(new OnnxBackend()), registry).generate(network, Rules.everything());
    Map<String, Tensor> inputs = inputs(network);
    Map<String, DataArray> arrays = new LinkedHashMap<>();
    inputs.forEach((input, tensor) -> arrays.put(input, tensor.toArray()));
    long start = System.nanoTime();
    SideBySide measured = new SideBySide(space, network.model(), inputs, threads);
    try (Latencies latencies = Latencies.of(space, arrays, threads, List.of(), step -> {})) {
      System.out.printf(
          "%s: %d networks timed in %.0f s, %s%n",
          name, latencies.count(), (System.nanoTime() - start) / NANOS, latencies.conditions());
      Dials dials = space.dials(List.of(latencies.cost()));
      List<Config> drawn =
          IntStream.range(0, count).mapToObj(i -> space.draw(new Random(1000L + i))).toList();
      double[] first = measured.parts(drawn);
      double[] second = measured.parts(drawn);
      double[] errors = new double[count];
      double[] gaps = new double[count];
      for (int i = 0; i < count; i++) {
        double predicted = dials.cost(dials.setting(drawn.get(i)), 0) / latencies.original();
        gaps[i] = Math.abs(second[i] / first[i] - 1);
        errors[i] = Math.abs(2 * predicted / (first[i] + second[i]) - 1);
      }
      System.out.printf(
          "  predicted within 10 %% for %.0f %%, within 5 %% for %.0f %%, median %.1f %%;"
              + " between repeats %.1f %%%n",
          100 * within(errors, FAR),
          100 * within(errors, NEAR),
          100 * median(errors),
          100 * median(gaps));
      search(space, latencies, measured);
    }
  }

  private static void search(SearchSpace space, Latencies latencies, SideBySide measured) {
    space.sortParameters();
    LatencySearch.Found<BudgetResult> found =
        new LatencySearch(space, latencies, new LatencyLimit(PART, true), SEARCHES)
            .run(
                limit -> BudgetSearch.find(space, Budget.of(List.of(limit))),
                BudgetResult::config,
                other -> {});
    System.out.printf(
        "  asked for %.2f: predicted %.3f, measured %.3f, once more %.3f, %d searches%n",
        PART,
        found.latency().predicted() / found.latency().original(),
        found.latency().measured() / found.latency().original(),
        measured.parts(List.of(found.result().config()))[0],
        found.latency().searches());
  }

  private static Map<String, Tensor> inputs(OnnxNetwork network) {
    Map<String, long[]> shapes = new HashMap<>();
    for (InputSpec input : network.inputs()) {
      long[] shape = input.trial().stream().mapToLong(Long::longValue).toArray();
      shapes.put(input.name(), shape);
    }
    try (OnnxSession session = OnnxSession.open(network.model(), SessionSettings.sparing())) {
      return RandomInputs.seeded(0).forModel(session, shapes);
    }
  }

  private static double within(double[] errors, double most) {
    return (double) Arrays.stream(errors).filter(error -> error <= most).count() / errors.length;
  }

  static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }
}
