package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a user may get wrong: one line that helps, exit code 2, and no file left behind. */
class BadInputTest {
  @TempDir private Path dir = Path.of("");

  private Path model = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void prepare() {
    model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    out = dir.resolve("out.onnx");
  }

  private void assertRefused(String words, Object... args) throws IOException {
    List<Path> before = files();
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("espalier: "), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
    assertEquals("", run.out());
    assertEquals(before, files());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(dir)) {
      return files.sorted().toList();
    }
  }

  private void assertPruneRefused(String words, Object... more) throws IOException {
    List<Object> args = new ArrayList<>(List.of("prune", model, "-o", out));
    args.addAll(Arrays.asList(more));
    assertRefused(words, args.toArray());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  @Test
  void modelsThatAreNone() throws IOException {
    byte[] bytes = Files.readAllBytes(model);
    Path truncated = Files.write(dir.resolve("t.onnx"), Arrays.copyOf(bytes, bytes.length / 2));
    Path text = write("x.onnx", "this is no model");
    Path empty = write("e.onnx", "");
    assertRefused("nowhere.onnx", "inspect", dir.resolve("nowhere.onnx"));
    assertRefused("is a folder", "inspect", dir);
    assertRefused("t.onnx", "inspect", truncated);
    assertRefused("x.onnx is a text file, not an ONNX model", "inspect", text);
    assertRefused("e.onnx is empty", "inspect", empty);
    for (Path bad : List.of(dir.resolve("nowhere.onnx"), dir, truncated, text, empty)) {
      assertRefused(bad.toString(), "prune", bad, "-o", out, "--macs", 0.5);
      assertRefused(bad.toString(), "sample", bad, "-o", out);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{not json | is not JSON",
        "[] | object",
        "{'nn.Conv2dd': {}} | did you mean \"nn.Conv2d\"?",
        "{'nn.Conv2d': {'channel_ratio': [0.5]}} | did you mean \"channels_ratio\"?",
        "{'nn.Conv2d': {'layr1.*': {'channels_ratio': [0.5]}}} | matches no layer",
        "{'nn.Conv2d': {'channels_ratio': 'half'}} | must be null or a list of numbers",
        "{'nn.Conv2d': {'channel_divisor': 0}} | channel_divisor",
        "{'nn.Conv2d': 3} | nn.Conv2d",
      })
  void rules(String json, String words) throws IOException {
    Path rules = write("r.json", json.replace('\'', '"'));
    assertPruneRefused(words, "--macs", 0.5, "--rules", rules);
    assertRefused(words, "inspect", model, "--rules", rules);
  }

  @Test
  void rulesThatAreNowhere() throws IOException {
    assertPruneRefused("nowhere.json", "--macs", 0.5, "--rules", dir.resolve("nowhere.json"));
    assertPruneRefused("is a directory", "--macs", 0.5, "--rules", dir);
  }

  @Test
  void configs() throws IOException {
    Path config = dir.resolve("c.json");
    Cli.done("sample", model, "-o", dir.resolve("s.onnx"), "--config-out", config);
    String good = Files.readString(config);

    Path typo = write("typo.json", good.replaceFirst("layer1.0.conv1.out_", "layer1.0.conv1.our_"));
    assertRefused(
        "did you mean \"layer1.0.conv1.out_channels\"?",
        "export",
        model,
        "--config",
        typo,
        "-o",
        out);

    Path other = Cli.save(SampleNetworks.densenet(), dir.resolve("other.onnx"));
    assertRefused("does not fit", "export", other, "--config", config, "-o", out);

    Path large = write("large.json", good.replaceFirst("(conv1.out_channels\" : )[0-9]+", "$1999"));
    assertRefused("conv1.out_channels = 999", "export", model, "--config", large, "-o", out);

    assertRefused("missing", "export", model, "--config", write("n.json", "{}"), "-o", out);
    assertRefused("JSON", "export", model, "--config", write("j.json", "{"), "-o", out);
    assertRefused("c9.json", "export", model, "--config", dir.resolve("c9.json"), "-o", out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "1.01", "300", "Infinity"})
  void amountsWithoutAUnit(String number) throws IOException {
    assertPruneRefused("give a unit for an amount, such as 300M", "--macs", number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN"})
  void budgets(String fraction) throws IOException {
    assertPruneRefused("a budget must be a fraction", "--macs", fraction);
    assertPruneRefused("a budget must be a fraction", "--params=" + fraction);
  }

  @Test
  void budgetsThatCannotBeMet() throws IOException {
    assertPruneRefused("the smallest this space allows is 0.", "--macs", 0.0001);
    assertPruneRefused("the smallest this space allows is 0.", "--params", 0.0001);
  }

  @Test
  void optionsThatMeanNothing() throws IOException {
    assertPruneRefused("'half' is no budget", "--macs", "half");
    assertPruneRefused("'4XB' is no budget", "--bytes", "4XB");
    assertPruneRefused("there is no budget; give at least one of --macs=0.5");
    assertPruneRefused("there is no cost \"lines\"", "--limit", "lines=4k");
    assertPruneRefused("must be a number above 0", "--bytes", "0MB");
    assertPruneRefused("1 bytes cannot be met", "--bytes", "1B", "--macs", 0.5);
    assertPruneRefused("divisor", "--macs", 0.5, "--divisor", 0);
    assertPruneRefused("floor", "--macs", 0.5, "--floor", "NaN");
    assertPruneRefused("'--quick'", "--macs", 0.5, "--quick");
    assertRefused("'--output=OUT'", "prune", model, "--macs", 0.5);
    assertRefused("did you mean prune?", "prunee", model);
    assertRefused("subcommand");
    assertRefused("seed", "sample", model, "-o", out, "--seed", "x");
  }

  @Test
  void outputsThatCannotBeWritten() throws IOException {
    Path readOnly = Files.createDirectory(dir.resolve("readonly"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertRefused(
        "there is no folder", "prune", model, "-o", dir.resolve("none/out.onnx"), "--macs", 0.5);
    assertRefused("read-only", "prune", model, "-o", readOnly.resolve("o.onnx"), "--macs", 0.5);
    assertRefused("is a folder", "prune", model, "-o", dir, "--macs", 0.5);
    assertPruneRefused("no folder", "--macs", 0.5, "--manifest", dir.resolve("none/m.json"));
    assertRefused("uses it already", "prune", model, "-o", model, "--macs", 0.5);
    assertPruneRefused("uses it already", "--macs", 0.5, "--manifest", out);
    assertRefused(
        "read-only", "sample", model, "-o", out, "--config-out", readOnly.resolve("c.json"));
    assertRefused("there is no folder", "demo", "--dir", dir.resolve("none"));
  }

  @Test
  void outputsOnADeviceThatTakesNoFiles() throws IOException {
    if (Files.isDirectory(Path.of("/proc/self"))) {
      assertRefused("/proc/o.onnx", "prune", model, "-o", "/proc/o.onnx", "--macs", 0.5);
    }
  }

  @Test
  void trialSizes() throws IOException {
    assertRefused("no input \"image\"", "inspect", model, "--input", "image=1x3x32x32");
    assertRefused("cannot be 33", "inspect", model, "--input", "input=1x3x32x33");
    assertRefused("gives no shape", "inspect", model, "--input", "input=1x3x0x32");
    assertRefused("gives no shape", "inspect", model, "--input", "input=large");
    assertRefused("4 dimensions", "inspect", model, "--input", "input=1x3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/hostname", "sub/../../secret"})
  void externalDataOutsideTheModelsFolder(String location) throws IOException {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    ModelProto.Builder proto = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
    TensorProto.Builder weight = proto.getGraphBuilder().getInitializerBuilder(0);
    Files.write(dir.resolve("secret"), weight.getRawData().toByteArray());
    weight
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location));
    Path stranger = Files.write(folder.resolve("m.onnx"), proto.build().toByteArray());
    assertRefused("outside the model's folder", "inspect", stranger);
    assertRefused("outside the model's folder", "prune", stranger, "-o", out, "--macs", 0.5);
    assertRefused("outside the model's folder", "sample", stranger, "-o", out);
  }

  @Test
  void manifests() throws IOException {
    Path small = dir.resolve("s.onnx");
    Path manifest = dir.resolve("m.json");
    Cli.done("sample", model, "-o", small, "--manifest", manifest);
    Path other = Cli.save(SampleNetworks.densenet(), dir.resolve("other.onnx"));
    assertRefused("", "verify", other, small, "--manifest", manifest);
    assertRefused("", "verify", model, small, "--manifest", write("x.json", "{\"a\": 1}"));
    String whole = Files.readString(manifest);
    Path cut = write("cut.json", whole.substring(0, whole.indexOf('[', whole.indexOf("keep")) + 1));
    assertRefused("expected close marker for Array", "verify", model, small, "--manifest", cut);
    assertFalse(Cli.run("verify", model, small, "--manifest", cut).err().contains("[Source"));
    assertRefused("x.txt", "verify", model, small, "--manifest", dir.resolve("x.txt"));
    assertRefused("gone.onnx", "verify", dir.resolve("gone.onnx"), small, "--manifest", manifest);
    assertRefused("gone.onnx", "verify", model, dir.resolve("gone.onnx"), "--manifest", manifest);
  }

  @Test
  void plugins() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    assertRefused("no JAR", "inspect", model, "--plugins", folder);
    assertRefused("there is no folder", "inspect", model, "--plugins", dir.resolve("none"));
    write("plugins/p.jar", "this is no JAR");
    assertRefused("cannot be read", "inspect", model, "--plugins", folder);
  }
}
