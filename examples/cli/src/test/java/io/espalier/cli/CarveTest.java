package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.SampleNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sample, export, prune and verify, one after the other, on real files. */
class CarveTest {
  @TempDir private Path dir = Path.of("");

  private Path file(String name) {
    return dir.resolve(name);
  }

  static List<SampleNetwork> networks() {
    return SampleNetworks.all();
  }

  static List<SampleNetwork> convolutional() {
    return networks().stream()
        .filter(network -> network.trialShapes().containsKey("input"))
        .filter(network -> !network.name().contains("transformer"))
        .toList();
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    Cli.done("sample", model, "-o", file("a.onnx"), "--seed", 7, "--config-out", file("a.json"));
    Cli.done("sample", model, "-o", file("b.onnx"), "--seed", 7, "--config-out", file("b.json"));
    Cli.done("sample", model, "-o", file("c.onnx"), "--seed", 8);
    Cli.done("sample", model, "-o", file("d.onnx"), "--seed", 0);
    Cli.done("sample", model, "-o", file("e.onnx"), "-q");
    assertEquals(-1, Files.mismatch(file("a.onnx"), file("b.onnx")));
    assertEquals(-1, Files.mismatch(file("a.json"), file("b.json")));
    assertTrue(Files.mismatch(file("a.onnx"), file("c.onnx")) >= 0);
    assertEquals(-1, Files.mismatch(file("d.onnx"), file("e.onnx")));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void samplesAreProved(SampleNetwork network) {
    Path model = Cli.save(network.model(), file("m.onnx"));
    for (int seed = 0; seed < 3; seed++) {
      Cli.done("sample", model, "-o", file("s.onnx"), "--seed", seed, "--manifest", file("m.json"));
      Cli.done("verify", model, file("s.onnx"), "--manifest", file("m.json"));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void exactSamplesNeedMasksAlone(SampleNetwork network) {
    Path model = Cli.save(network.model(), file("m.onnx"));
    Cli.done("sample", model, "-o", file("s.onnx"), "--exact", "--manifest", file("m.json"));
    Manifest manifest = Manifest.read(file("m.json"));
    assertEquals(List.of(), manifest.skipped());
    assertEquals(List.of(), manifest.normalised());
    Verification result =
        Verifier.verify(
            network.model(),
            OnnxModel.read(file("s.onnx")),
            manifest,
            VerifyOptions.defaults().withMasksOnly());
    assertTrue(result.passed(), result.toString());
  }

  @Test
  void exportRepeatsASample() throws IOException {
    Path model = Cli.save(SampleNetworks.mobilenet(), file("m.onnx"));
    Cli.done("sample", model, "-o", file("a.onnx"), "--seed", 3, "--config-out", file("c.json"));
    Cli.done("export", model, "--config", file("c.json"), "-o", file("b.onnx"), "--no-sort");
    assertEquals(-1, Files.mismatch(file("a.onnx"), file("b.onnx")));
  }

  @Test
  void exportKeepsTheMostImportantUnits() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    Cli.done("sample", model, "-o", file("a.onnx"), "--seed", 3, "--config-out", file("c.json"));
    Cli.done(
        "export",
        model,
        "--config",
        file("c.json"),
        "-o",
        file("b.onnx"),
        "--manifest",
        file("m.json"));
    assertTrue(Files.mismatch(file("a.onnx"), file("b.onnx")) >= 0);
    Cli.done("verify", model, file("b.onnx"), "--manifest", file("m.json"));
  }

  @Test
  void timesWhereItIsAskedTo() {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    String table = Cli.done("prune", model, "-o", file("s.onnx"), "--macs", 0.5, "--timing");
    assertTrue(ratio(table, "latency, ms") > 0, table);
  }

  @ParameterizedTest
  @MethodSource("convolutional")
  void prunesToHalf(SampleNetwork network) {
    Path model = Cli.save(network.model(), file("m.onnx"));
    String table =
        Cli.done("prune", model, "-o", file("s.onnx"), "--macs", 0.5, "--manifest", file("m.json"));
    double macs = ratio(table, "MACs");
    assertTrue(macs >= 0.45 && macs <= 0.5, table);
    assertTrue(ratio(table, "file size, kB") < 0.8, table);
    assertTrue(ratio(table, "parameters") < 0.7, table);
    assertFalse(table.contains("latency"), table);
    String proof = Cli.done("verify", model, file("s.onnx"), "--manifest", file("m.json"));
    assertTrue(proof.contains("output"), proof);
    assertTrue(proof.contains("computes what the masked original does"), proof);
  }

  private static double ratio(String table, String row) {
    Matcher line = Pattern.compile("^" + row + " .* ([0-9.]+)$", Pattern.MULTILINE).matcher(table);
    assertTrue(line.find(), table);
    return Double.parseDouble(line.group(1));
  }

  @Test
  void prunesParameters() {
    Path model = Cli.save(SampleNetworks.flattenedMlp(), file("m.onnx"));
    String table = Cli.done("prune", model, "-o", file("s.onnx"), "--params", 0.4, "--divisor", 4);
    double params = ratio(table, "parameters");
    assertTrue(params <= 0.4 && params > 0.36, table);
  }

  @Test
  void prunesExactly() {
    Path model = Cli.save(SampleNetworks.visionTransformer(), file("m.onnx"));
    Cli.done(
        "prune",
        model,
        "-o",
        file("s.onnx"),
        "--macs",
        0.8,
        "--exact",
        "-q",
        "--manifest",
        file("m.json"));
    assertEquals(List.of(), Manifest.read(file("m.json")).normalised());
    Cli.done("verify", model, file("s.onnx"), "--manifest", file("m.json"));
  }

  @Test
  void quietMeansQuiet() {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    assertEquals("", Cli.done("prune", model, "-o", file("a.onnx"), "--macs", 0.5, "-q"));
    assertEquals("", Cli.done("sample", model, "-o", file("b.onnx"), "--quiet"));
  }

  @Test
  void aWrongCutDoesNotPass() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    Cli.done(
        "prune", model, "-o", file("a.onnx"), "--macs", 0.5, "-q", "--manifest", file("m.json"));
    Cli.done("prune", model, "-o", file("b.onnx"), "--macs", 0.6, "-q");
    Cli run = Cli.run("verify", model, file("b.onnx"), "--manifest", file("m.json"));
    assertEquals(1, run.code());
    assertEquals("", run.err());
    assertTrue(run.out().contains("DIFFERS"), run.out());
    assertFalse(run.out().contains("\tat "), run.out());
  }

  @Test
  void anOutputOfBeforeIsReplaced() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), file("m.onnx"));
    byte[] bytes = Files.readAllBytes(model);
    Files.writeString(file("s.onnx"), "old");
    Cli.done("sample", model, "-o", file("s.onnx"));
    assertTrue(OnnxModel.read(file("s.onnx")).nodes().size() > 5);
    assertArrayEquals(bytes, Files.readAllBytes(model));
  }
}
