package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import com.acme.Nets;
import com.acme.SmallNet;
import io.espalier.onnx.build.SampleNetworks;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks of DJL in place of a model file. */
class BlockTest {
  private static final String NET = "com.acme.SmallNet";
  private static final String IMAGE = "image=1x3x16x16";

  @TempDir private Path dir = Path.of("");
  private Path params = Path.of("");
  private Path onnx = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    params = dir.resolve("net.params");
    onnx = dir.resolve("net.onnx");
    try (NDManager manager = NDManager.newBaseManager()) {
      save(new SmallNet(), manager, new Shape(1, 3, 16, 16), params);
    }
  }

  private static void save(Block block, NDManager manager, Shape shape, Path file)
      throws IOException {
    block.initialize(manager, DataType.FLOAT32, shape);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      block.saveParameters(out);
    }
  }

  @Test
  void aBlockIsInspectedByItsClassOrAMethodThatMakesIt() {
    String text = Cli.done("inspect", "--block", NET, "--input", IMAGE);
    assertTrue(text.startsWith("block com.acme.SmallNet"), text);
    assertTrue(text.contains("conv2d_1.out_channels"), text);
    String json = Cli.done("inspect", "--block", NET, params, "--json");
    assertTrue(json.contains("conv2d_1.out_channels"), json);
    String made = Cli.done("inspect", "--block", "com.acme.Nets#perceptron");
    assertTrue(made.contains("linear_3.out_features"), made);
    String words =
        Cli.done("inspect", "--block", "com.acme.Nets#words", "--input", "ids=1x5:int64");
    assertTrue(words.contains("embedding_dim"), words);
  }

  @Test
  void aBlockIsExportedAsAWholeWithoutAConfig() throws IOException {
    String said = Cli.done("export", "--block", NET, params, "--input", IMAGE, "-o", onnx);
    assertTrue(said.contains("(1.000 of the original)"), said);
    String ofBlock = Cli.done("inspect", "--block", NET, params, "--input", IMAGE);
    String ofFile = Cli.done("inspect", onnx);
    assertEquals(body(ofBlock), body(ofFile));
    Path again = dir.resolve("again.onnx");
    Cli.done("export", "--block", NET, params, "--input", IMAGE, "-o", again);
    assertArrayEquals(Files.readAllBytes(onnx), Files.readAllBytes(again));
  }

  /** All but the first line, and but the bytes: a file has a graph around its parameters. */
  private static List<String> body(String text) {
    return text.lines().skip(1).filter(line -> !line.matches("bytes +\\d.*")).toList();
  }

  @Test
  void aBlockIsTrainedAfterwardsAndVerified() throws IOException {
    Path manifest = dir.resolve("cut.json");
    List<Object> prune = new ArrayList<>(List.of("prune", "--block", NET, params, "-o", onnx));
    prune.addAll(List.of("--macs", 0.5, "--manifest", manifest, "--epochs", 2));
    Cli without = Cli.run(prune.toArray());
    assertEquals(2, without.code(), without.err());
    assertTrue(without.err().contains("--epochs trains on data; give --data"), without.err());
    prune.addAll(List.of("--data", "random", "--samples", 60));
    String table = Cli.done(prune.toArray());
    assertTrue(table.contains("trained for 2 epochs: error of outputs on 12 samples"), table);
    String verdict = Cli.done("verify", "--block", NET, params, onnx, "--manifest", manifest);
    assertTrue(verdict.contains("the carved network computes what the masked original"), verdict);
  }

  @Test
  void aBlockHasAReport() throws IOException {
    Path page = dir.resolve("report.html");
    List<Object> prune = new ArrayList<>(List.of("prune", "--block", NET, params, "-o", onnx));
    prune.addAll(List.of("--macs", 0.5, "--report", page));
    Cli.done(prune.toArray());
    String json = Files.readString(dir.resolve("search.json"));
    assertTrue(json.contains("\"conv2d_1.out_channels\""), json);
    assertTrue(Files.readString(page).contains("conv2d_1."), "the page names its widths");
    prune.addAll(List.of("--data", "random", "--samples", 60));
    Cli.done(prune.toArray());
    assertTrue(Files.readString(page).contains("What repair did"), "and what data said");
  }

  @Test
  void unitsOfABlockAreRankedByGradients() {
    String all = "l2,taylor,activation";
    Object[] inspect = {"inspect", "--block", NET, params, "--importance", all, "--json"};
    List<Object> args = new ArrayList<>(List.of(inspect));
    args.addAll(List.of("--data", "random", "--samples", 60));
    String json = Cli.done(args.toArray());
    assertTrue(json.contains("\"taylor\" : {"), json);
  }

  @Test
  void aBlockIsPrunedWithDataAndVerified() throws IOException {
    Path manifest = dir.resolve("cut.json");
    Object[] prune = {
      "prune",
      "--block",
      NET,
      params,
      "-o",
      onnx,
      "--macs",
      0.5,
      "--data",
      "random",
      "--samples",
      60,
      "--manifest",
      manifest
    };
    String table = Cli.done(prune);
    assertTrue(table.contains("parameters repaired: "), table);
    String json = Files.readString(manifest);
    assertTrue(json.contains("\"compensated\""), json);
    String verdict = Cli.done("verify", "--block", NET, params, onnx, "--manifest", manifest);
    assertTrue(verdict.contains("the carved network computes what the masked original"), verdict);
    byte[] once = Files.readAllBytes(onnx);
    Cli.done(prune);
    assertArrayEquals(once, Files.readAllBytes(onnx));
  }

  @Test
  void aBlockIsPrunedToOnnxAndVerified() throws IOException {
    Path manifest = dir.resolve("cut.json");
    String table =
        Cli.done(
            "prune",
            "--block",
            NET,
            params,
            "-o",
            onnx,
            "--macs",
            0.5,
            "--manifest",
            manifest,
            "--timing");
    assertTrue(table.contains("latency, ms"), table);
    String verdict = Cli.done("verify", "--block", NET, params, onnx, "--manifest", manifest);
    assertTrue(verdict.contains("the carved network computes what the masked original"), verdict);
    Path strange = dir.resolve("strange.params");
    try (NDManager manager = NDManager.newBaseManager()) {
      manager.getEngine().setRandomSeed(7);
      save(new SmallNet(), manager, new Shape(1, 3, 16, 16), strange);
    }
    Cli other = Cli.run("verify", "--block", NET, strange, onnx, "--manifest", manifest);
    assertEquals(1, other.code(), other.err());
    assertTrue(other.out().contains("DIFFERS"), other.out());
    Path values = dir.resolve("small.params");
    table = Cli.done("prune", "--block", NET, params, "-o", values, "--macs", 0.5);
    assertFalse(table.contains("latency"), table);
    assertRefused(
        "carve the block to an .onnx file",
        "verify",
        "--block",
        NET,
        values,
        "--manifest",
        manifest);
  }

  @Test
  void theParamsOfASubNetworkAreThoseOfASmallerBlock() throws IOException {
    Path config = dir.resolve("config.json");
    Files.writeString(config, "{\"conv2d_1.out_channels\": 4, \"conv2d_4.out_channels\": 6}");
    Path small = dir.resolve("small.params");
    Cli.done("export", "--block", NET, params, "--config", config, "-o", small);
    Cli.done("export", "--block", NET, params, "--config", config, "-o", onnx);
    Path again = dir.resolve("again.onnx");
    Cli.done("export", "--block", "com.acme.Nets#small", small, "-o", again);
    assertArrayEquals(Files.readAllBytes(onnx), Files.readAllBytes(again));
  }

  @Test
  void aBlockIsSampledToParams() {
    Path small = dir.resolve("small.params");
    String said = Cli.done("sample", "--block", NET, params, "-o", small, "--seed", 3, "--exact");
    assertTrue(said.contains("of the original"), said);
    assertTrue(Files.exists(small));
    assertRefused("has the shape", "inspect", "--block", NET, small, "--input", IMAGE);
  }

  @Test
  void withoutParamsTheValuesAreTheSameEachTime() throws IOException {
    Path again = dir.resolve("again.onnx");
    Cli.done("sample", "--block", NET, "--input", IMAGE, "-o", onnx, "-q");
    Cli.done("sample", "--block", NET, "--input", IMAGE, "-o", again, "-q");
    assertArrayEquals(Files.readAllBytes(onnx), Files.readAllBytes(again));
  }

  private static void assertRefused(String words, Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertEquals("", run.out());
  }

  @Test
  void blocksThatAreNone() {
    assertRefused("no class \"com.acme.SmalNet\"", "inspect", "--block", "com.acme.SmalNet");
    assertRefused("is no ai.djl.nn.Block", "inspect", "--block", "com.acme.OwnRelu");
    assertRefused("no constructor without", "inspect", "--block", "ai.djl.nn.LambdaBlock");
    assertRefused("is abstract", "inspect", "--block", "ai.djl.nn.AbstractBlock");
    assertRefused(
        "it has [broken, perceptron, small, strange, words]",
        "inspect",
        "--block",
        "com.acme.Nets#net");
    assertRefused("it has [", "inspect", "--block", "com.acme.Nets#text");
    assertRefused("there are no weights today", "inspect", "--block", "com.acme.Nets#broken");
  }

  @Test
  void inputsThatDoNotFit() {
    assertRefused("--input NAME=1x3x32x32", "inspect", "--block", NET);
    assertRefused("gives no shape", "inspect", "--block", NET, "--input", "x=1x?x3");
    assertRefused("did you mean \"int64\"", "inspect", "--block", NET, "--input", "x=1x3:int63");
    assertRefused(
        "cannot be fed an array of shape (1, 3) of float32",
        "inspect",
        "--block",
        NET,
        "--input",
        "x=1x3");
    assertRefused(
        "of shape (1, 12) of int64",
        "inspect",
        "--block",
        "com.acme.Nets#perceptron",
        "--input",
        "x=1x12:int64");
    assertRefused(
        "Expected 1 and was 2",
        "inspect",
        "--block",
        NET,
        "--input",
        "a=1x3x16x16",
        "--input",
        "b=1x3");
    assertRefused("leave it out", "inspect", onnxModel(), "--input", "input=1x3x32x32:float32");
  }

  private Path onnxModel() {
    return Cli.save(SampleNetworks.thinResnet(), dir.resolve("resnet.onnx"));
  }

  @Test
  void paramsThatDoNotFit() throws IOException {
    Path other = dir.resolve("other.params");
    try (NDManager manager = NDManager.newBaseManager()) {
      save(Nets.perceptron(), manager, new Shape(1, 12), other);
    }
    Path text = Files.writeString(dir.resolve("text.params"), "these are no parameters");
    byte[] bytes = Files.readAllBytes(params);
    Path half = Files.write(dir.resolve("half.params"), Arrays.copyOf(bytes, 2000));
    assertRefused("does not fit block com.acme.SmallNet", "inspect", "--block", NET, other);
    assertRefused("does not fit", "inspect", "--block", NET, other, "--input", IMAGE);
    assertRefused("does not fit", "inspect", "--block", NET, text, "--input", IMAGE);
    assertRefused("it ends before", "inspect", "--block", NET, half, "--input", IMAGE);
    assertRefused("there is no file", "inspect", "--block", NET, dir.resolve("none.params"));
    assertRefused("say by --block", "inspect", params);
  }

  @Test
  void outputsOfAnotherKind() {
    assertRefused(
        ".onnx or a .params file", "sample", "--block", NET, params, "-o", dir.resolve("a.pt"));
    assertRefused("name an .onnx file", "sample", onnxModel(), "-o", dir.resolve("a.params"));
    assertRefused(
        "uses it already", "sample", "--block", NET, params, "-o", params, "--input", IMAGE);
    assertRefused("issing required option: '--config", "export", onnxModel(), "-o", onnx);
    assertRefused("issing required parameter: 'MODEL'", "inspect");
    assertRefused("issing required parameter: 'MODEL'", "sample", "-o", onnx);
    assertFalse(Files.exists(onnx));
  }

  @Test
  void whatCannotBeTracedIsShownButNotWritten() {
    String text = Cli.done("inspect", "--block", "com.acme.Nets#strange", "--input", "x=1x6");
    assertTrue(text.contains("reads the elements of an array"), text);
    assertRefused(
        "cannot be written as ONNX",
        "export",
        "--block",
        "com.acme.Nets#strange",
        "--input",
        "x=1x6",
        "-o",
        onnx);
    assertFalse(Files.exists(onnx));
  }
}
