package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning that changes nothing of what a network computes. */
class LosslessTest {
  @TempDir private Path dir = Path.of("");

  private Path out() {
    return dir.resolve("small.onnx");
  }

  /** Of five units the second is a double of the first, the third dead, and the fourth unread. */
  private Path model(boolean planted) {
    float[] makers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    float[] bias = {1, 2, 3, 4, 5};
    float[] readers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    if (planted) {
      makers = new float[] {1, 1, 0, 4, 5, 6, 6, 0, 9, 10};
      bias = new float[] {1, 1, -3, 4, 5};
      readers = new float[] {1, 2, 3, 4, 5, 6, 0, 0, 9, 10};
    }
    OnnxGraphBuilder b = new OnnxGraphBuilder("net", 17, 1);
    String x = b.input("x", "N", 2);
    String y = b.node("Gemm", "a", List.of(x, b.floats("w", makers, 2, 5), b.floats("b", bias, 5)));
    y = b.node("Gemm", "c", List.of(b.node("Relu", "r", List.of(y)), b.floats("v", readers, 5, 2)));
    return Cli.save(b.output("y", y, "N", 2).build(), dir.resolve("m.onnx"));
  }

  @Test
  void whatContributesNothingGoesAndTheRestIsProved() throws JsonProcessingException {
    Path manifest = dir.resolve("m.json");
    String text = Cli.done("prune", model(true), "--lossless", "-o", out(), "--manifest", manifest);
    assertTrue(text.contains("are gone: 3, doubles of others among them: 1"), text);
    String proof = Cli.done("verify", dir.resolve("m.onnx"), out(), "--manifest", manifest);
    assertTrue(proof.contains("computes what the masked original does"), proof);
    String far = Cli.done("compare", dir.resolve("m.onnx"), out(), "--data", "random", "--json");
    JsonNode found = new ObjectMapper().readTree(far);
    assertTrue(found.get("error").asDouble() < 1e-10, far); // a part of the variance
    assertEquals("[25,10]", found.get("params").toString());
  }

  @Test
  void whereThereIsNothingTheNetworkStays() {
    String text = Cli.done("prune", model(false), "--lossless", "-o", out());
    assertTrue(text.contains("no unit that contributes nothing"), text);
    assertTrue(Files.exists(out()));
  }

  @Test
  void itIsNoBudgetAndNeedsNoData() {
    Path model = model(true);
    Cli budget = Cli.run("prune", model, "--lossless", "--macs", "0.5", "-o", out());
    assertEquals(2, budget.code());
    assertTrue(budget.err().contains("give one of the two"), budget.err());
    Cli data = Cli.run("prune", model, "--lossless", "--data", "random", "-o", out());
    assertEquals(2, data.code());
    assertTrue(data.err().contains("--lossless needs no data"), data.err());
    Cli plain = Cli.run("prune", model, "--lossless", "--no-compensate", "-o", out());
    assertEquals(2, plain.code());
    assertFalse(Files.exists(out()));
  }
}
