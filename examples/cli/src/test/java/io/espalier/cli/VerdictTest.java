package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code verify} answers, and the inputs that it is given. */
class VerdictTest {
  @TempDir private Path dir = Path.of("");

  private Path shared(String name) {
    Path model = Path.of(System.getProperty("espalier.shared", ""), "cases", name + ".onnx");
    Assumptions.assumeTrue(
        Files.exists(model), "SKIPPED: " + model + " is absent; set -Despalier.shared");
    return model;
  }

  @ParameterizedTest
  @ValueSource(strings = {"weight_norm", "weight_standardised"})
  void whatIsMadeOfParametersIsCutExactly(String name) throws IOException {
    Path model = shared(name);
    Path small = dir.resolve("small.onnx");
    Path manifest = dir.resolve("m.json");
    Cli.done("prune", model, "-o", small, "--macs", 0.5, "--exact", "--manifest", manifest, "-q");
    Cli verified = Cli.run("verify", model, small, "--manifest", manifest);
    assertEquals(0, verified.code(), verified.out() + verified.err());
    assertTrue(Files.size(small) * 3 < Files.size(model) * 2, "the file follows its parameters");
  }

  private Cli pruned(Path model, Object... input) {
    Path small = dir.resolve("small.onnx");
    Path manifest = dir.resolve("m.json");
    List<Object> prune =
        List.of("prune", model, "-o", small, "--macs", 0.5, "--manifest", manifest, "-q");
    Cli.done(and(prune, input));
    return Cli.run(and(List.of("verify", model, small, "--manifest", manifest), input));
  }

  private static Object[] and(List<Object> words, Object... more) {
    Object[] all = new Object[words.size() + more.length];
    words.toArray(all);
    System.arraycopy(more, 0, all, words.size(), more.length);
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify_saturated_sigmoid",
        "verify_unused_initializer",
        "unrolled_from_zeros",
        "divided_by_own_sum",
        "scatter_index_mask",
        "weight_norm",
        "weight_standardised"
      })
  void rightCarvesAreProved(String name) {
    Cli verified = pruned(shared(name));
    assertEquals(0, verified.code(), verified.out() + verified.err());
  }

  @Test
  void anOutputOfOneNumberIsInconclusive() {
    Cli verified = pruned(shared("verify_vacuous_pass"));
    assertEquals(1, verified.code());
    assertTrue(verified.out().contains("inconclusive"), verified.out());
    assertTrue(verified.out().contains("--input NAME=@file.npy"), verified.out());
  }

  @Test
  void aRateMeansSomething() {
    Path model = shared("verify_meaningful_input");
    Cli drawn = pruned(model);
    assertEquals(2, drawn.code(), drawn.out());
    assertTrue(drawn.err().contains("say which by --input sr=value:"), drawn.err());
    Cli verified = pruned(model, "--input", "sr=value:16000");
    assertEquals(0, verified.code(), verified.out() + verified.err());
  }

  @Test
  void indicesAreNotMasked() {
    pruned(shared("scatter_index_mask"));
    List<CutParameter> indices =
        Manifest.read(dir.resolve("m.json")).parameters().stream()
            .filter(edge -> edge.initializer().contains("Expand"))
            .toList();
    assertTrue(!indices.isEmpty() && indices.stream().noneMatch(CutParameter::mask));
  }

  /** An output that is there at one setting of an integer input only. */
  private static OnnxModel rated() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("rated", 17, 1);
    String x = b.input("x", "N", 16);
    String rate = b.typedInput("rate", DataTypes.INT64);
    String y = b.node("MatMul", "first", List.of(x, b.weights("w1", 16, 32)));
    y = b.node("Relu", "relu", List.of(y));
    y = b.node("MatMul", "second", List.of(y, b.weights("w2", 32, 4)));
    String right = b.node("Equal", "equal", List.of(rate, b.longs("known", new long[] {16000})));
    String factor = b.node("Cast", "cast", List.of(right), Map.of("to", DataTypes.FLOAT));
    return b.output("y", b.node("Mul", "gated", List.of(y, factor)), "N", 4).build();
  }

  @Test
  void inputsAreValuesOrArrays() throws IOException {
    Path model = Cli.save(rated(), dir.resolve("model.onnx"));
    assertEquals(1, pruned(model).code());
    assertEquals(0, pruned(model, "--input", "rate=value:16000").code());
    Path rate = dir.resolve("rate.npy");
    Files.write(
        rate,
        array("<i8", "()", ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(16000)));
    assertEquals(0, pruned(model, "--input", "rate=@" + rate).code());
    assertTrue(Cli.done("inspect", model, "--input", "rate=value:16000").contains("first"));
  }

  private static byte[] array(String type, String shape, ByteBuffer elements) {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + elements.capacity());
    bytes
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    return bytes.put(elements.duplicate().rewind()).array();
  }

  @Test
  void inputsThatDoNotFitAreRefused() throws IOException {
    Path model = Cli.save(rated(), dir.resolve("model.onnx"));
    Path text = Files.writeString(dir.resolve("text.npy"), "no array at all");
    pruned(model, "--input", "rate=value:16000");
    assertRefused(model, "rate=value:half", "gives no shape and no value");
    assertRefused(model, "rate=value:0.5", "cannot be 0.5");
    assertRefused(model, "speed=value:1", "has no input 'speed'");
    assertRefused(model, "rate=@" + text, "is no .npy array");
    assertRefused(model, "rate=@" + dir.resolve("absent.npy"), "absent.npy");
  }

  private void assertRefused(Path model, String input, String reason) {
    Cli run =
        Cli.run(
            "verify",
            model,
            dir.resolve("small.onnx"),
            "--manifest",
            dir.resolve("m.json"),
            "--input",
            input);
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(reason), run.err());
  }

  @Test
  void aLibraryThatIsNoneIsRefused() throws IOException {
    Path model = Cli.save(SampleNetworks.flattenedMlp(), dir.resolve("model.onnx"));
    pruned(model);
    Path library = Files.writeString(dir.resolve("operators.so"), "none");
    Cli run =
        Cli.run(
            "verify",
            model,
            dir.resolve("small.onnx"),
            "--manifest",
            dir.resolve("m.json"),
            "--custom-ops",
            library);
    assertEquals(2, run.code());
    assertTrue(run.err().contains("cannot load the operators in " + library), run.err());
  }
}
