package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --quantize int8} of {@code prune} and {@code export}. */
class QuantizeTest {
  private static final int WIDTH = 64;

  @TempDir private Path dir = Path.of("");
  private Path model = Path.of("");
  private Path out = Path.of("");
  private Path manifest = Path.of("");

  @BeforeEach
  void save() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("mlp", 17);
    String x = b.input("x", "N", WIDTH);
    String y = b.node("MatMul", "/a", List.of(x, b.weights("w1", WIDTH, 192)));
    y = b.node("Relu", "/r", List.of(y));
    y = b.node("MatMul", "/b", List.of(y, b.weights("w2", 192, 128)));
    y = b.node("Relu", "/s", List.of(y));
    y = b.node("MatMul", "/c", List.of(y, b.weights("w3", 128, 3)));
    model = Cli.save(b.output("y", y, "N", 3).build(), dir.resolve("m.onnx"));
    out = dir.resolve("small.onnx");
    manifest = dir.resolve("m.json");
  }

  @Test
  void aloneItCutsNothing() throws IOException {
    String text = Cli.done("prune", model, "--quantize", "int8", "-o", out, "--manifest", manifest);
    assertTrue(
        text.contains(
            "weights written as int8: 2; left as they are: 'w3' (it has fewer than 1024 numbers)"),
        text);
    assertTrue(Files.size(out) < 0.32 * Files.size(model), text);
    String proof = Cli.done("verify", model, out, "--manifest", manifest);
    assertTrue(proof.contains("quantising it gives this file: its nodes, and all of its 2"), proof);
    assertTrue(proof.contains("what rounding does to the outputs is not proved: here"), proof);
    JsonNode found =
        new ObjectMapper().readTree(Cli.done("compare", model, out, "--data", "random", "--json"));
    assertTrue(found.get("cosine").asDouble() > 0.999, found.toString());
  }

  @Test
  void afterCuttingAndRepairing() throws IOException {
    Path data = SmallData.npy(dir.resolve("d.npy"), 300, WIDTH, 0.3f);
    String text =
        Cli.done(
            "prune",
            model,
            "--macs",
            0.5,
            "--data",
            data,
            "--samples",
            300,
            "--quantize",
            "int8",
            "-o",
            out,
            "--manifest",
            manifest);
    assertTrue(text.contains("weights written as int8: 2"), text);
    String proof = Cli.done("verify", model, out, "--manifest", manifest);
    assertTrue(proof.contains("with the original's values, the carved network"), proof);
    assertTrue(proof.contains("that were compensated before"), proof);
    JsonNode small = json("inspect", out, "--json");
    JsonNode whole = json("inspect", model, "--json");
    assertTrue(small.get("macs").asLong() <= 0.5 * whole.get("macs").asLong());
  }

  @Test
  void bytesAreThoseThatAreWritten() throws IOException {
    String text =
        Cli.done(
            "prune",
            model,
            "--bytes",
            0.2,
            "--quantize",
            "int8",
            "-o",
            out,
            "--manifest",
            manifest);
    assertTrue(Files.size(out) <= 0.2 * Files.size(model), text);
    assertTrue(Files.size(out) > 0.15 * Files.size(model), text);
    assertTrue(text.contains(Numbers.exact(Files.size(model))), text);
    Cli.done("verify", model, out, "--manifest", manifest);
  }

  @Test
  void codesOfALargeTableTakeFewerBytesAndAreProved() throws IOException {
    OnnxGraphBuilder b = new OnnxGraphBuilder("text", 17);
    String ids = b.typedInput("ids", DataTypes.INT64, "N", "T");
    String x = b.node("Gather", "/e", List.of(b.random("table", 0, 1, 3000, WIDTH), ids));
    x = b.node("Relu", "/r", List.of(b.node("MatMul", "/a", List.of(x, b.weights("w1", 64, 96)))));
    x = b.node("MatMul", "/b", List.of(x, b.weights("w2", 96, 32)));
    model = Cli.save(b.output("y", x, "N", "T", 32).build(), dir.resolve("t.onnx"));
    Path eight = dir.resolve("int8.onnx");
    Cli.done("prune", model, "--macs", 0.7, "--quantize", "int8", "-o", eight);
    String text =
        Cli.done(
            "prune",
            model,
            "--macs",
            0.7,
            "--quantize",
            "int8-codes",
            "-o",
            out,
            "--manifest",
            manifest);
    assertTrue(text.contains("weights written as int8-codes: 3"), text);
    assertTrue(Files.size(out) < 0.65 * Files.size(eight), text);
    String proof = Cli.done("verify", model, out, "--manifest", manifest);
    assertTrue(proof.contains("quantising it gives this file"), proof);
    Cli other = Cli.run("verify", model, eight, "--manifest", manifest);
    assertEquals(1, other.code(), other.out() + other.err());
  }

  @Test
  void whatWasQuantisedIsPrunedLikeAnyOther() {
    Path quantised = dir.resolve("q.onnx");
    Cli.done("prune", model, "--quantize", "int8", "-o", quantised);
    Cli.done("prune", quantised, "--macs", 0.5, "-o", out, "--manifest", manifest);
    Cli.done("verify", quantised, out, "--manifest", manifest);
  }

  @Test
  void exportWritesTheSameBytesTwice() throws IOException {
    Path config = dir.resolve("c.json");
    Cli.done("sample", model, "-o", dir.resolve("any.onnx"), "--config-out", config);
    Path again = dir.resolve("again.onnx");
    String text =
        Cli.done(
            "export",
            model,
            "--config",
            config,
            "--quantize",
            "int8",
            "-o",
            out,
            "--manifest",
            manifest);
    assertTrue(text.contains("weights written as int8: "), text);
    Cli.done("export", model, "--config", config, "--quantize", "int8", "-o", again);
    assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(again));
    Cli.done("verify", model, out, "--manifest", manifest);
  }

  @Test
  void whatCannotBeDoneIsRefusedInOneSentence() {
    refused("weights cannot be written as \"foo\"; give one of [int8, int8-codes]", "foo");
    refused("--quantize needs no data", "int8", "--data", "random");
    refused("--report tells what was tried and why", "int8", "--report", dir.resolve("r.html"));
    Path plain = SmallData.model(dir.resolve("tiny.onnx"));
    model = plain;
    refused("has no weight to quantise: 'w1' stays, since it has fewer than 1024", "int8");
    Cli block =
        Cli.run(
            "export",
            "--block",
            "com.acme.Opaque#ready",
            "--input",
            "x=1x5",
            "--quantize",
            "int8",
            "-o",
            out);
    assertEquals(2, block.code(), block.err());
    assertTrue(block.err().contains("cannot be written as int8 by its backend"), block.err());
    assertFalse(Files.exists(out));
  }

  private void refused(String words, Object... more) {
    List<Object> args = new ArrayList<>(List.of("prune", model, "-o", out, "--quantize"));
    args.addAll(List.of(more));
    Cli run = Cli.run(args.toArray());
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertEquals(1, run.err().strip().lines().count(), run.err());
    assertFalse(Files.exists(out));
  }

  private static JsonNode json(Object... command) throws IOException {
    return new ObjectMapper().readTree(Cli.done(command));
  }
}
