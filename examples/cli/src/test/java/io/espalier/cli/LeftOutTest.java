package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A count of MACs that is not complete says so, and no budget is held against it unasked. */
class LeftOutTest {
  private static final String LINE = "MACs are not complete; left out: choose (If)";

  @TempDir private Path dir = Path.of("");

  /** A branch that hands out a single number is not looked into. */
  private static GraphProto branch(String operator, String... weights) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(operator, 17, 3);
    List<String> inputs =
        weights.length == 0
            ? List.of("second_output_0")
            : List.of("second_output_0", b.random(weights[0], 0, 1, 4, 4));
    String y = b.node(operator, operator, inputs);
    b.output(operator + "_result", b.node("ReduceSum", "sum", List.of(y), Map.of("keepdims", 0)));
    return b.toProto().getGraph();
  }

  /** Two linear layers, and a choice behind them that may hold another. */
  private Path network(GraphProto taken) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("outer", 17, 3);
    b.input("x", 2, 5);
    String first = b.node("MatMul", "first", List.of("x", b.random("a", 0, 1, 5, 8)));
    String relu = b.node("Relu", "relu", List.of(first));
    b.node("MatMul", "second", List.of(relu, b.random("b", 0, 1, 8, 4)));
    String one = b.floats("one", new float[] {1});
    String less = b.node("Less", "less", List.of(one, b.floats("two", new float[] {2})));
    Map<String, GraphProto> branches = Map.of("then_branch", taken, "else_branch", branch("Neg"));
    b.output("y", b.node("If", "choose", List.of(less), branches));
    return Cli.save(b.build(), dir.resolve("m.onnx"));
  }

  @Test
  void inspectNamesWhatIsLeftOut() throws IOException {
    Path model = network(branch("MatMul", "inner.weight"));

    assertTrue(Cli.done("inspect", model).contains(LINE));
    JsonNode root = new ObjectMapper().readTree(Cli.done("inspect", model, "--json"));
    assertEquals("[{\"node\":\"choose\",\"op\":\"If\"}]", root.path("macs_incomplete").toString());
    assertEquals(5 * 8 + 8 * 4, root.path("macs").asInt());
    assertEquals(5 * 8 + 8 * 4 + 4 * 4, root.path("params").asInt());
  }

  @Test
  void aCompleteCountSaysNothing() throws IOException {
    Path model = network(branch("Tanh"));

    assertFalse(Cli.done("inspect", model).contains("not complete"));
    JsonNode root = new ObjectMapper().readTree(Cli.done("inspect", model, "--json"));
    assertEquals("[]", root.path("macs_incomplete").toString());
    Path out = dir.resolve("small.onnx");
    assertFalse(
        Cli.done("prune", model, "-o", out, "--macs", "0.5", "--divisor", "1")
            .contains("not complete"));
  }

  @Test
  void aBudgetOfIncompleteMacsIsRefused() {
    Path model = network(branch("MatMul", "inner.weight"));
    Path out = dir.resolve("small.onnx");

    Cli refused = Cli.run("prune", model, "-o", out, "--macs", "0.5", "--divisor", "1");
    assertEquals(2, refused.code());
    assertEquals(
        "espalier: the MACs of "
            + model
            + " cannot be budgeted, as they are not complete: left out are choose (If); give"
            + " --partial-macs to budget those of the other nodes, or budget by --params",
        refused.err().strip());
    assertFalse(Files.exists(out));
  }

  @Test
  void partialMacsAndParamsCanBeBudgeted() {
    Path model = network(branch("MatMul", "inner.weight"));
    Path out = dir.resolve("small.onnx");

    String text =
        Cli.done("prune", model, "-o", out, "--macs", "0.5", "--divisor", "1", "--partial-macs");
    assertTrue(text.contains(LINE), text);
    assertTrue(Files.exists(out));
    text = Cli.done("prune", model, "-o", out, "--params", "0.7", "--divisor", "1");
    assertTrue(text.contains(LINE), text);
  }
}
