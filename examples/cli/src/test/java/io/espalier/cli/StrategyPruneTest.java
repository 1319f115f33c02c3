package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
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
import io.espalier.core.search.Cost;
import io.espalier.core.search.SearchStrategies;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pruning by a strategy, that is stopped and goes on. */
class StrategyPruneTest {
  private static final int WIDTH = 6;
  private static final int SAMPLES = 100;

  @TempDir private Path dir = Path.of("");

  private Path model() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("mlp", 17);
    String x = builder.input("x", "N", WIDTH);
    String hidden = builder.node("MatMul", "/a", List.of(x, builder.weights("w1", WIDTH, 32)));
    hidden = builder.node("Relu", "/r", List.of(hidden));
    hidden = builder.node("MatMul", "/b", List.of(hidden, builder.weights("w2", 32, 24)));
    hidden = builder.node("Relu", "/s", List.of(hidden));
    String y = builder.node("MatMul", "/c", List.of(hidden, builder.weights("w3", 24, 3)));
    return Cli.save(builder.output("y", y, "N", 3).build(), dir.resolve("m.onnx"));
  }

  private Path data() throws IOException {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + SAMPLES + ", " + WIDTH + "), }\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + 4 * WIDTH * SAMPLES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    Random random = new Random(1);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    return Files.write(dir.resolve("d.npy"), bytes.array());
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

  /** What evolution makes of the network, with candidates side by side. */
  private byte[] evolved(int threads) throws IOException {
    ClassLoader loader = StrategyPruneTest.class.getClassLoader();
    SearchSpaces spaces = new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(loader));
    SearchSpace space = spaces.generate(model(), Rules.everything());
    Samples data =
        DataSources.discover(loader)
            .open(
                new DataRequest(
                    "random", ((OnnxNetwork) space.model()).inputs(), Map.of(), SAMPLES, 0));
    SearchOptions search =
        SearchOptions.usual()
            .withStrategy(SearchStrategies.discover(loader).get("evolution"))
            .withEvaluations(40)
            .withThreads(threads);
    PruneOptions options = PruneOptions.of(Budget.of(Cost.MACS, 0.5)).withSearch(search);
    Pruned pruned = DataPruning.run(space, options, data, SampleDraw.all(SAMPLES), step -> {});
    Path out = dir.resolve("threads.onnx");
    pruned.model().save(out);
    return Files.readAllBytes(out);
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
  }

  @Test
  void labelsDecide() throws IOException {
    List<String> labels = Collections.nCopies(SAMPLES, "1");
    Path file = Files.write(dir.resolve("labels.txt"), labels);
    assertTrue(pruned("--macs", 0.5, "--labels", file).length > 0);
    Path few = Files.write(dir.resolve("few.txt"), labels.subList(0, 9));
    assertRefused("there are 9 labels for 100 samples", "--macs", 0.5, "--labels", few);
  }

  private void assertRefused(String words, Object... more) throws IOException {
    Cli run = Cli.run(args(dir.resolve("refused.onnx"), more));
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }

  @Test
  void whatIsNotKnownIsRefused() throws IOException {
    assertRefused("there is no strategy \"gready\"", "--macs", 0.5, "--strategy", "gready");
    assertRefused("no plugin adds any", "--macs", 0.5, "--evaluator", "mine");
    assertRefused("give --strategy, or leave it out", "--macs", 0.5, "--evaluations", 3);
    assertRefused(
        "at least one evaluation", "--macs", 0.5, "--strategy", "random", "--evaluations", 0);
    Cli without =
        Cli.run(
            "prune", model(), "-o", dir.resolve("o.onnx"), "--macs", 0.5, "--strategy", "random");
    assertEquals(2, without.code());
    assertTrue(without.err().contains("give --data, or leave them out"), without.err());
  }

  @Test
  void criteriaStandSideBySide() throws IOException {
    String table =
        Cli.done("inspect", model(), "--importance", "l2,l1,group_norm,lamp,fpgm,random");
    assertTrue(table.contains("fpgm"), table);
    // norms and their squares put units in one order where one consumer reads them
    assertTrue(table.lines().anyMatch(line -> line.matches(".* 32 +1\\.00 .* 1\\.00 .*")), table);
    Cli refused = Cli.run("inspect", model(), "--importance", "l2,l3");
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("l3"), refused.err());
  }
}
