package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nothing can be cut, nothing is called done: a budget is refused, and a copy is named. */
class NothingToCutTest {
  private static final String BLOCK = "com.acme.Opaque#ready";

  @TempDir private Path dir = Path.of("");

  /** A branch that hands out a single number stays as it is. */
  private static GraphProto single(OnnxGraphBuilder branch, String name, String y) {
    String sum = branch.node("ReduceSum", name + "_sum", List.of(y), Map.of("keepdims", 0));
    return branch.output(name + "_y", sum).toProto().getGraph();
  }

  /** Networks that nothing can be cut from, each with the node that stands in the way. */
  enum Hidden {
    IN_BRANCHES("choose", "If", "is not looked into") {
      @Override
      OnnxGraphBuilder build() {
        OnnxGraphBuilder b = new OnnxGraphBuilder("outer", 17);
        String x = b.input("x", 2, 5);
        String less = b.node("Less", "less", List.of(some(b, x), b.floats("zero", new float[1])));
        Map<String, GraphProto> branches =
            Map.of("then_branch", branch("one"), "else_branch", branch("two"));
        return b.output("y", b.node("If", "choose", List.of(less), branches));
      }

      private GraphProto branch(String name) {
        OnnxGraphBuilder b = new OnnxGraphBuilder(name, 17, 3);
        String hidden =
            b.node("MatMul", name + "_a", List.of("x", b.random(name + ".a", 0, 1, 5, 8)));
        String y =
            b.node("MatMul", name + "_b", List.of(hidden, b.random(name + ".b", 0, 1, 8, 4)));
        return single(b, name, y);
      }
    },
    CAPTURED_BY_BRANCHES("choose", "If", "is not looked into") {
      @Override
      OnnxGraphBuilder build() {
        OnnxGraphBuilder b = new OnnxGraphBuilder("outer", 17, 3);
        String x = b.input("x", 2, 5);
        b.random("w", 0, 1, 5, 4);
        String less = b.node("Less", "less", List.of(some(b, x), b.floats("zero", new float[1])));
        Map<String, GraphProto> branches =
            Map.of("then_branch", branch("one"), "else_branch", branch("two"));
        return b.output("y", b.node("If", "choose", List.of(less), branches));
      }

      private GraphProto branch(String name) {
        OnnxGraphBuilder b = new OnnxGraphBuilder(name, 17);
        String y = b.node("MatMul", name, List.of("x", "w"));
        return single(b, name, y);
      }
    },
    IN_A_LOOP("repeat", "Loop", "is not looked into") {
      @Override
      OnnxGraphBuilder build() {
        OnnxGraphBuilder body = new OnnxGraphBuilder("body", 14, 3);
        body.typedInput("i", TensorProto.DataType.INT64_VALUE);
        body.typedInput("go_in", TensorProto.DataType.BOOL_VALUE);
        String state = body.input("state", 2, 4);
        String next = body.node("MatMul", "step", List.of(state, body.random("w", 0, 1, 4, 4)));
        body.typedOutput(
            "go_out",
            body.node("Identity", "go", List.of("go_in")),
            TensorProto.DataType.BOOL_VALUE);
        body.output("state_out", next, 2, 4);
        OnnxGraphBuilder b = new OnnxGraphBuilder("outer", 14);
        String x = b.input("x", 2, 4);
        String times = b.longs("times", new long[] {3});
        String y =
            b.node(
                "Loop", "repeat", List.of(times, "", x), Map.of("body", body.toProto().getGraph()));
        return b.output("y", y, 2, 4);
      }
    },
    OF_TREES("trees", "ai.onnx.ml:TreeEnsembleRegressor", "has no rule") {
      @Override
      OnnxGraphBuilder build() {
        OnnxGraphBuilder b = new OnnxGraphBuilder("forest", 17).opset("ai.onnx.ml", 3);
        String x = b.input("x", 2, 5);
        String y =
            b.node(
                "ai.onnx.ml:TreeEnsembleRegressor",
                "trees",
                List.of(x),
                Map.ofEntries(
                    Map.entry("n_targets", 1),
                    Map.entry("nodes_treeids", new long[] {0, 0, 0}),
                    Map.entry("nodes_nodeids", new long[] {0, 1, 2}),
                    Map.entry("nodes_featureids", new long[] {2, 0, 0}),
                    Map.entry("nodes_values", new float[] {0.5f, 0, 0}),
                    Map.entry("nodes_modes", List.of("BRANCH_LEQ", "LEAF", "LEAF")),
                    Map.entry("nodes_truenodeids", new long[] {1, 0, 0}),
                    Map.entry("nodes_falsenodeids", new long[] {2, 0, 0}),
                    Map.entry("target_treeids", new long[] {0, 0}),
                    Map.entry("target_nodeids", new long[] {1, 2}),
                    Map.entry("target_ids", new long[] {0, 0}),
                    Map.entry("target_weights", new float[] {1, -1})));
        return b.output("y", y, 2, 1);
      }
    };

    private final String node;
    private final String op;
    private final String reason;

    Hidden(String node, String op, String reason) {
      this.node = node;
      this.op = op;
      this.reason = reason;
    }

    abstract OnnxGraphBuilder build();

    /** A number that depends on the data. */
    static String some(OnnxGraphBuilder b, String x) {
      return b.node("ReduceSum", "sum", List.of(x), Map.of("keepdims", 0));
    }
  }

  private Path save(Hidden hidden) {
    return Cli.save(hidden.build().build(), dir.resolve("m.onnx"));
  }

  private static JsonNode json(Object... args) throws IOException {
    return new ObjectMapper().readTree(Cli.done(args));
  }

  private static boolean isFrozen(JsonNode root, String node, String op, String reason) {
    for (JsonNode frozen : root.path("frozen")) {
      if (frozen.path("node").asText().equals(node)
          && frozen.path("op").asText().equals(op)
          && frozen.path("reason").asText().contains(reason)) {
        return true;
      }
    }
    return false;
  }

  private String refused(Object... args) {
    Path out = dir.resolve("small.onnx");
    Cli refused = Cli.run(Stream.concat(Stream.of(args), Stream.of("-o", out)).toArray());
    assertEquals(2, refused.code(), refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertFalse(Files.exists(out));
    return refused.err();
  }

  @ParameterizedTest
  @EnumSource
  void inspectShowsTheNodeAsFrozen(Hidden hidden) throws IOException {
    Path model = save(hidden);
    assertTrue(isFrozen(json("inspect", model, "--json"), hidden.node, hidden.op, hidden.reason));
    assertTrue(Cli.done("inspect", model).contains("(" + hidden.op + " " + hidden.node + ")"));
  }

  @ParameterizedTest
  @EnumSource
  void anyBudgetIsRefusedAndNamesTheNode(Hidden hidden) {
    Path model = save(hidden);
    for (String cost : List.of("--macs", "--params")) {
      for (double part : new double[] {0.5, 0.999}) {
        String said = refused("prune", model, cost, part);
        assertTrue(said.contains(hidden.node), said);
        said = refused("prune", model, cost, part, "--partial-macs", "--exact", "--divisor", 1);
        assertTrue(said.contains("cannot be met"), said);
        assertTrue(said.contains(hidden.node), said);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSampleThatIsACopySaysSo(Hidden hidden) {
    Path model = save(hidden);
    Path out = dir.resolve("copy.onnx");
    Cli run = Cli.run("sample", model, "-o", out);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("nothing was cut, as nothing in it can be chosen"), run.err());
    assertTrue(run.err().contains(hidden.node), run.err());
    assertTrue(Files.exists(out));
  }

  @ParameterizedTest
  @ValueSource(strings = {"if_hides_network", "int8_dynamic_noop"})
  void theCasesThatUsersMet(String name) throws IOException {
    Path model = Path.of(System.getProperty("espalier.shared", ""), "cases", name + ".onnx");
    Assumptions.assumeTrue(
        Files.exists(model), "SKIPPED: " + model + " is absent; set -Despalier.shared");
    Path out = dir.resolve("small.onnx");
    Path manifest = dir.resolve("m.json");
    Cli.done("prune", model, "--macs", 0.5, "-o", out, "--manifest", manifest);
    assertTrue(Files.size(out) < Files.size(model));
    Cli.done("verify", model, out, "--manifest", manifest);
  }

  @Test
  void aRootBlockThatCannotBeTracedIsFrozenWithItsReason() throws IOException {
    String why = "block com.acme.Opaque reads the elements of an array";
    JsonNode root = json("inspect", "--block", BLOCK, "--input", "x=1x5", "--json");
    assertTrue(isFrozen(root, "/Untraced", "io.espalier.djl:Untraced", why), root.toString());
    String said = refused("prune", "--block", BLOCK, "--input", "x=1x5", "--params", 0.5);
    assertTrue(said.contains(why), said);
    said = refused("prune", "--block", BLOCK, "--input", "x=1x5", "--macs", 0.5);
    assertTrue(said.contains("/Untraced"), said);
  }

  @Test
  void aNetworkWithoutProductsHasNoMacsToBudget() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("plain", 17, 3);
    String x = b.input("x", 2, 5);
    b.output("y", b.node("Relu", "relu", List.of(x)), 2, 5);
    Path model = Cli.save(b.build(), dir.resolve("m.onnx"));
    String said = refused("prune", model, "--macs", 0.5);
    assertTrue(said.contains("has none that are counted"), said);
    said = refused("prune", model, "--params", 1);
    assertTrue(said.contains("has none that are counted"), said);
  }

  @Test
  void whatRulesFreezeIsNamed() throws IOException {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    Path rules = Files.writeString(dir.resolve("r.json"), "{\"nn.BatchNorm2d\": {}}");
    String said = refused("prune", model, "--macs", 0.9, "--rules", rules);
    assertTrue(said.contains("no width of it can be cut"), said);
    assertTrue(said.contains("the rules leave nn.Conv2d out"), said);
    assertTrue(said.contains("name it there to search its widths"), said);
  }

  @Test
  void aWholeNetworkIsCalledOne() {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    Path config = dir.resolve("c.json");
    Path out = dir.resolve("copy.onnx");
    Cli.done("sample", model, "-o", out, "--config-out", config);
    assertEquals("", Cli.run("export", model, "--config", config, "-o", out).err());
    Cli pruned = Cli.run("prune", model, "--macs", 1, "-o", out, "-q");
    assertEquals(0, pruned.code());
    assertEquals(
        out
            + " holds all of "
            + model
            + ": nothing was cut, as every width and depth is chosen whole",
        pruned.err().strip());
  }
}
