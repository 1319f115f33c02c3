package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning with data. */
class DataPruneTest {
  private static final int WIDTH = SmallData.WIDTH;

  @TempDir private Path dir = Path.of("");

  private Path model() {
    return SmallData.model(dir.resolve("m.onnx"));
  }

  private Path npy(String name, int samples, int width, float first) throws IOException {
    return SmallData.npy(dir.resolve(name), samples, width, first);
  }

  private Object[] prune(Path model, String out, Object... more) {
    Object[] usual = {"prune", model, "-o", dir.resolve(out), "--macs", 0.5};
    Object[] all = Arrays.copyOf(usual, usual.length + more.length);
    System.arraycopy(more, 0, all, usual.length, more.length);
    return all;
  }

  private void assertRefused(String words, Object... args) throws IOException {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertEquals("", run.out());
    try (Stream<Path> files = Files.list(dir)) {
      assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith("out")));
    }
  }

  private static double error(Path model, Path small, Path data) throws IOException {
    String json = Cli.done("compare", model, small, "--json", "--data", data);
    return new ObjectMapper().readTree(json).get("error").doubleValue();
  }

  @Test
  void repairBringsOutputsNearerAndIsListed() throws Exception {
    Path model = model();
    Path data = npy("d.npy", 300, WIDTH, 0);
    Path manifest = dir.resolve("cut.json");
    String text = Cli.done(prune(model, "s.onnx", "--data", data, "--manifest", manifest));
    assertTrue(text.contains("60 samples held back"), text);
    assertTrue(text.contains("parameters repaired: "), text);
    Cli.done(prune(model, "plain.onnx", "--data", data, "--no-compensate", "-q"));
    Path fresh = npy("fresh.npy", 200, WIDTH, 0);
    double repaired = error(model, dir.resolve("s.onnx"), fresh);
    assertTrue(repaired < 0.9 * error(model, dir.resolve("plain.onnx"), fresh), text);

    List<Manifest.Compensated> listed = Manifest.read(manifest).compensated();
    assertFalse(listed.isEmpty());
    OnnxModel small = OnnxModel.read(dir.resolve("s.onnx"));
    for (Manifest.Compensated entry : listed) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Objects.requireNonNull(small.initializers().get(entry.initializer())).bytes());
      assertEquals(HexFormat.of().formatHex(digest.digest()), entry.sha256());
      assertTrue(
          small.nodes().stream()
              .anyMatch(
                  node ->
                      node.getOutput(0).equals(entry.output())
                          && node.getInput(entry.input()).equals(entry.initializer())),
          entry.toString());
    }
  }

  @Test
  void theSameDataAndSeedGiveTheSameBytes() throws IOException {
    Path model = model();
    for (String name : List.of("a", "b")) {
      Path manifest = dir.resolve(name + ".json");
      Object[] more = {"--data", "random", "--samples", 100, "--manifest", manifest, "-q"};
      assertEquals("", Cli.done(prune(model, name + ".onnx", more)));
    }
    assertEquals(-1, Files.mismatch(dir.resolve("a.onnx"), dir.resolve("b.onnx")));
    assertEquals(-1, Files.mismatch(dir.resolve("a.json"), dir.resolve("b.json")));
  }

  private List<Path> kept(Path cache) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.sorted().toList();
    }
  }

  private void assertSame(String one, String other) throws IOException {
    for (String ending : List.of(".onnx", ".json")) {
      assertEquals(-1, Files.mismatch(dir.resolve(one + ending), dir.resolve(other + ending)));
    }
  }

  private void pruneTo(String name, Path model, Path data, Object... more) throws IOException {
    Object[] usual = {"-q", "--data", data, "--manifest", dir.resolve(name + ".json")};
    Object[] all = Stream.concat(Arrays.stream(usual), Arrays.stream(more)).toArray();
    assertEquals("", Cli.done(prune(model, name + ".onnx", all)));
  }

  @Test
  void aCacheChangesNothingButWhatIsMeasuredAgain() throws IOException {
    Path model = model();
    Path data = npy("d.npy", 100, WIDTH, 0);
    Path cache = dir.resolve("new/cache");
    pruneTo("without", model, data);
    pruneTo("first", model, data, "--cache", cache);
    assertSame("without", "first");
    List<Path> files = kept(cache);
    assertEquals(2, files.size(), files.toString()); // without what is held back, and with it

    FileTime longAgo = FileTime.from(Instant.EPOCH);
    for (Path file : files) {
      Files.setLastModifiedTime(file, longAgo);
    }
    pruneTo("second", model, data, "--cache", cache);
    assertSame("without", "second");
    for (Path file : kept(cache)) {
      assertEquals(longAgo, Files.getLastModifiedTime(file), "measured again");
    }

    byte[] whole = Files.readAllBytes(files.get(0));
    byte[] damaged = whole.clone();
    damaged[damaged.length / 2] ^= 1;
    byte[] other = Files.readAllBytes(files.get(1));
    for (byte[] bad : List.of(damaged, Arrays.copyOf(whole, 100), new byte[0], other)) {
      Files.write(files.get(0), bad);
      pruneTo("mended", model, data, "--cache", cache);
      assertSame("without", "mended");
      assertArrayEquals(whole, Files.readAllBytes(files.get(0)));
    }
    assertEquals(files, kept(cache));
  }

  @Test
  void whatOtherDataOrAnotherModelGaveIsNotTakenFromACache() throws IOException {
    Path model = model();
    Path data = npy("d.npy", 100, WIDTH, 0);
    Path cache = dir.resolve("cache");
    pruneTo("first", model, data, "--cache", cache);
    Path others = npy("e.npy", 100, WIDTH, 1);
    pruneTo("data", model, others, "--cache", cache);
    assertEquals(4, kept(cache).size());
    pruneTo("seed", model, data, "--cache", cache, "--seed", 1);
    assertEquals(6, kept(cache).size());
    OnnxModel read = OnnxModel.read(model);
    OnnxEdit edit = new OnnxEdit(read);
    float[] weights = new float[32 * 24];
    Arrays.fill(weights, 0.25f);
    edit.replaceInitializer("w2", TensorSource.ofFloats("w2", weights, 32, 24));
    Path retrained = dir.resolve("retrained.onnx");
    edit.write(retrained);
    pruneTo("another", retrained, data, "--cache", cache);
    assertEquals(8, kept(cache).size());
    pruneTo("plain", model, data);
    pruneTo("half", model, data, "--cache", cache);
    assertSame("plain", "half");
    assertEquals(8, kept(cache).size());
  }

  @Test
  void aCacheThatCannotBeKeptIsRefused() throws IOException {
    Path model = model();
    Path file = Files.writeString(dir.resolve("file"), "no folder");
    assertRefused("no folder", prune(model, "out.onnx", "--data", "random", "--cache", file));
    assertRefused(
        "no folder",
        prune(model, "out.onnx", "--data", "random", "--cache", file.resolve("below")));
    assertRefused("give --data", prune(model, "out.onnx", "--cache", dir.resolve("cache")));
  }

  @Test
  void badDataAreRefusedAndNothingIsWritten() throws IOException {
    Path model = model();
    assertRefused(
        "samples of shape [5]", prune(model, "out.onnx", "--data", npy("w.npy", 50, 5, 0)));
    assertRefused("NaN", prune(model, "out.onnx", "--data", npy("nan.npy", 50, WIDTH, Float.NaN)));
    Path few = npy("few.npy", 19, WIDTH, 0);
    assertRefused("at least 20", prune(model, "out.onnx", "--data", few));
    assertRefused("fewer than the 30", prune(model, "out.onnx", "--data", few, "--samples", 30));
    assertRefused("no file", prune(model, "out.onnx", "--data", dir.resolve("none.npy")));
    Path text = Files.writeString(dir.resolve("t.npy"), "no array");
    assertRefused("t.npy", prune(model, "out.onnx", "--data", text));
    Path images = Files.createDirectories(dir.resolve("images"));
    Files.writeString(images.resolve("a.png"), "no image");
    OnnxGraphBuilder builder = new OnnxGraphBuilder("picture", 17);
    String x = builder.input("x", "N", 3, 8, 8);
    String hidden = builder.node("Conv", "/a", List.of(x, builder.weights("w1", 8, 3, 1, 1)));
    String y = builder.node("Conv", "/b", List.of(hidden, builder.weights("w2", 2, 8, 1, 1)));
    Path picture =
        Cli.save(builder.output("y", y, "N", 2, 8, 8).build(), dir.resolve("picture.onnx"));
    assertRefused("a.png", prune(picture, "out.onnx", "--data", images));
  }

  @Test
  void wordsThatNeedDataAreRefusedWithoutThem() throws IOException {
    Path model = model();
    assertRefused("--data", prune(model, "out.onnx", "--samples", 30));
    assertRefused("--data", prune(model, "out.onnx", "--no-compensate"));
    assertRefused("give --data", prune(model, "out.onnx", "--importance", "reconstruction"));
    assertRefused(
        "no importance criterion",
        prune(model, "out.onnx", "--data", "random", "--importance", "none"));
  }

  @Test
  void digits() throws IOException {
    Path shared = Path.of(System.getProperty("espalier.shared", ""));
    Path model = shared.resolve("zoo/real/cnn_mnist.onnx");
    Path mnist = shared.resolve("data/mnist");
    Assumptions.assumeTrue(Files.exists(model) && Files.exists(mnist), "SKIPPED: no " + mnist);
    Path small = dir.resolve("small.onnx");
    Object[] data = {
      "--data",
      mnist.resolve("t10k-images-idx3-ubyte.gz"),
      "--image-scale",
      "1/255",
      "--image-mean",
      "0.1307",
      "--image-std",
      "0.3081",
      "--range"
    };
    Object[] prune = {"prune", model, "-o", small, "--macs", 0.25, "-q", "--samples", 200, ":8000"};
    Object[] compare = {
      "compare",
      model,
      small,
      "--json",
      "--labels",
      mnist.resolve("t10k-labels-idx1-ubyte.gz"),
      "8000:"
    };
    Cli.done(with(prune, data));
    JsonNode found = new ObjectMapper().readTree(Cli.done(with(compare, data)));
    assertTrue(found.get("accuracy").get("small").doubleValue() > 0.97, found.toString());
  }

  /** The words of a command with others before its last, which is the range. */
  private static Object[] with(Object[] command, Object... data) {
    Stream<Object> head = Arrays.stream(command).limit(command.length - 1);
    Stream<Object> tail = Stream.of(command[command.length - 1]);
    return Stream.concat(Stream.concat(head, Arrays.stream(data)), tail).toArray();
  }
}
