package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.build.ResNet;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code prune --latency} says and writes; how long anything takes is not looked at. */
class LatencyPruneTest {
  @TempDir private Path dir = Path.of("");

  private Path model() {
    return Cli.save(SampleNetworks.flattenedMlp(), dir.resolve("model.onnx"));
  }

  private String refused(Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertFalse(Files.exists(dir.resolve("small.onnx")));
    return run.err();
  }

  private String refused(String latency) {
    return refused("prune", model(), "-o", dir.resolve("small.onnx"), "--latency", latency);
  }

  @Test
  void writesAndSaysWhatWasPredictedAndMeasured() throws IOException {
    // large enough that its operations take the time, and not what goes on around them
    Path model =
        Cli.save(
            SampleNetworks.resnet(new ResNet(false, 32, List.of(1, 1), 10, 64, false)),
            dir.resolve("model.onnx"));
    Path small = dir.resolve("small.onnx");
    Path cache = dir.resolve("cache");
    List<Object> words =
        List.of(
            "prune", model, "-o", small, "--latency", "0.6", "--params", "0.8", "--cache", cache);
    String out = Cli.done(with(words, "--report", dir.resolve("r.html")));
    assertTrue(out.contains("latency: predicted "), out);
    assertTrue(out.contains(" of the original's, measured "), out);
    assertTrue(out.contains(" on 1 thread of "), out);
    OnnxModel.read(small);
    String json = Files.readString(dir.resolve("search.json"));
    assertTrue(json.contains("\"predicted\""), json);
    assertTrue(json.contains("\"measured\""), json);
    assertTrue(json.contains("\"layers\" : [ {"), json);
    String page = Files.readString(dir.resolve("r.html"));
    assertTrue(page.contains("Milliseconds by layer"), page);
    try (Stream<Path> files = Files.list(cache)) {
      assertEquals(1, files.count());
    }
    byte[] first = Files.readAllBytes(small);
    assertTrue(Cli.done(words.toArray()).contains("latency: predicted "));
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(small)));
  }

  @Test
  void searchesWithDataWhatWasTimed() throws IOException {
    Path model =
        Cli.save(
            SampleNetworks.resnet(new ResNet(false, 16, List.of(1, 1), 10, 32, false)),
            dir.resolve("model.onnx"));
    Path small = dir.resolve("small.onnx");
    List<Object> words = List.of("prune", model, "-o", small, "--latency", "0.8");
    String out =
        Cli.done(with(words, "--data", "random", "--samples", 40, "--cache", dir.resolve("cache")));
    assertTrue(out.contains("latency: predicted "), out);
    assertTrue(out.contains("error of outputs on 8 samples held back"), out);
    OnnxModel.read(small);
  }

  private static Object[] with(List<Object> words, Object... more) {
    return Stream.concat(words.stream(), Stream.of(more)).toArray();
  }

  @Test
  void refusesWhatIsNoLatency() {
    assertTrue(refused("4MB").contains("is no latency"));
    assertTrue(refused("15").contains("give a unit for a time, such as 15ms"));
    assertTrue(refused("-0.5").contains("above 0 and at most 1"));
    assertTrue(refused("0ms").contains("must be a time above 0"));
    assertTrue(refused("NaN").contains("above 0 and at most 1"));
  }

  @Test
  void refusesTheImpossibleWithTheClosest() {
    assertTrue(refused("1ns").contains("cannot be met: the smallest this space allows is 0.0"));
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    Path small = dir.resolve("small.onnx");
    assertTrue(
        refused("prune", model(), "-o", small, "--lossless", "--latency", "0.5")
            .contains("give one of the two"));
    assertTrue(
        refused("prune", model(), "-o", small, "--macs", "0.5", "--cache", dir)
            .contains("give --data or --latency"));
    assertTrue(
        refused("prune", model(), "-o", small, "--latency", "0.5", "--latency-threads", 0)
            .contains("must be at least 1"));
    assertTrue(
        refused("prune", model(), "-o", small, "--latency", "0.5", "--quantize", "int8")
            .contains("give it to the file that --latency wrote"));
  }
}
