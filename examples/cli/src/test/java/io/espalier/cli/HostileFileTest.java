package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a few hundred bytes that would fill any machine if they were run or spelled out. */
class HostileFileTest {
  @TempDir private Path folder;

  private Path save(OnnxModel model) {
    return Cli.save(model, folder.resolve("m.onnx"));
  }

  /** A layer that can be cut, so that there is something to run. */
  private static String layer(OnnxGraphBuilder graph) {
    String x = graph.input("x", 1, 8);
    String hidden = graph.node("MatMul", "/a/MatMul", List.of(x, graph.weights("a.weight", 8, 8)));
    return graph.node("MatMul", "/b/MatMul", List.of(hidden, graph.weights("b.weight", 8, 4)));
  }

  private void assertRefused(OnnxModel model, String reason) throws IOException {
    assertRefused(save(model), reason);
  }

  private void assertRefused(Path file, String reason) throws IOException {
    Path out = folder.resolve("out.onnx");
    long begun = System.nanoTime();
    Cli run = Cli.run("prune", file, "-o", out, "--params", 0.7, "--divisor", 1);
    assertTrue(run.err().contains(reason), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertEquals(2, run.code());
    assertFalse(Files.exists(out));
    assertTrue(System.nanoTime() - begun < 60_000_000_000L, "it took too long");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private void assertInspected(OnnxModel model) {
    Cli run = Cli.run("inspect", save(model));
    assertTrue(run.code() == 0 || (run.code() == 2 && run.err().lines().count() == 1), run.err());
  }

  private static OnnxModel doubled(int times) {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("doubled", 17);
    String y = layer(graph);
    String all = y;
    for (int i = 0; i < times; i++) {
      all = graph.node("Concat", "/double" + i, List.of(all, all), Map.of("axis", 0L));
    }
    graph.output("y", y, 1, 4);
    graph.output("all", graph.node("ReduceSum", "/sum", List.of(all)));
    return graph.build();
  }

  @Test
  void doublingConcatsAreRefused() throws IOException {
    assertRefused(doubled(40), "allow more bytes with -Despalier.run.bytes");
    assertRefused(doubled(60), "espalier.run.bytes");
    assertInspected(doubled(60));
    assertInspected(doubled(70));
  }

  @Test
  void fewOfThemAreNot() {
    Path out = folder.resolve("out.onnx");
    Cli.run("prune", save(doubled(10)), "-o", out, "--params", 0.7, "--divisor", 1);
    assertTrue(Files.exists(out));
  }

  @Test
  void chainsOfTilesAreRefused() throws IOException {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("tiled", 17);
    String y = layer(graph);
    String all = y;
    String repeats = graph.longs("repeats", new long[] {100, 100}, 2);
    for (int i = 0; i < 12; i++) {
      all = graph.node("Tile", "/tile" + i, List.of(all, repeats));
    }
    graph.output("y", y, 1, 4);
    graph.output("all", graph.node("ReduceSum", "/sum", List.of(all)));
    assertRefused(graph.build(), "'/tile");
    assertInspected(graph.build());
  }

  private static OnnxModel padded(long more) {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("padded", 17);
    String y = layer(graph);
    String flat = graph.node("Flatten", "/flat", List.of(y), Map.of("axis", 1L));
    String some = graph.longs("some", new long[] {0, 2, 3}, 3);
    String picked = graph.node("Gather", "/pick", List.of(flat, some), Map.of("axis", 1L));
    String one = graph.longs("one", new long[] {1}, 1);
    String three = graph.longs("three", new long[] {3}, 1);
    String slice = graph.node("Slice", "/slice", List.of(picked, one, three, one));
    String pads = graph.longs("pads", new long[] {0, 0, 0, more}, 4);
    String all = graph.node("Pad", "/pad", List.of(slice, pads));
    graph.output("y", y, 1, 4);
    graph.output("all", graph.node("ReduceSum", "/sum", List.of(all)));
    return graph.build();
  }

  @Test
  void aWidePadBehindPiecesIsRefused() throws IOException {
    assertRefused(padded(9_000_000_000L), "'/pad'");
    Path out = folder.resolve("out.onnx");
    Cli.run("prune", save(padded(9)), "-o", out, "--params", 0.7, "--divisor", 1);
    assertTrue(Files.exists(out));
  }

  private static OnnxModel largeConstant(String reduction) {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("large", 17);
    String y = layer(graph);
    String shape = graph.longs("shape", new long[] {30_000, 30_000}, 2);
    String all = graph.node("ConstantOfShape", "/large", List.of(shape));
    String sum = graph.node(reduction, "/sum", List.of(all));
    graph.output("y", graph.node("Add", "/add", List.of(y, sum)));
    return graph.build();
  }

  @Test
  void aConstantOfAnyShapeIsRefused() throws IOException {
    assertRefused(largeConstant("ReduceSum"), "[30000, 30000]");
    assertInspected(largeConstant("ReduceMax"));
  }

  /** Functions f0 to fN, each of which calls the one before so many times. */
  private Path functions(int depth, int calls) throws IOException {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("functions", 17);
    graph.opset("local", 1);
    String x = graph.input("x", 1, 8);
    graph.output("y", graph.node("Relu", "/relu", List.of(x)), 1, 8);
    return nested(graph.toProto(), depth, calls);
  }

  @Test
  void functionsThatGrowWithoutBoundsAreRefused() throws IOException {
    assertRefused(functions(40, 2), "nodes when they are spelled out");
    assertRefused(functions(5_000, 1), "5001 deep in each other");
    assertRefused(functions(400, 1_000), "2^63 nodes");
  }

  @Test
  void functionsThatDoNotAreInspected() throws IOException {
    assertEquals(0, Cli.run("inspect", functions(10, 2)).code());
    assertEquals(0, Cli.run("inspect", functions(300, 1)).code());
  }

  private Path nested(ModelProto plain, int depth, int calls) throws IOException {
    ModelProto.Builder model = plain.toBuilder();
    for (int i = 0; i <= depth; i++) {
      FunctionProto.Builder function =
          model.addFunctionsBuilder().setDomain("local").setName("f" + i).addInput("a");
      function.addOpsetImportBuilder().setVersion(17);
      function.addOpsetImportBuilder().setDomain("local").setVersion(1);
      String value = "a";
      for (int call = 0; call < (i == 0 ? 1 : calls); call++) {
        String next = "v" + call;
        NodeProto.Builder node = function.addNodeBuilder().addInput(value).addOutput(next);
        node.setOpType(i == 0 ? "Relu" : "f" + (i - 1)).setDomain(i == 0 ? "" : "local");
        value = next;
      }
      function.addOutput(value);
    }
    GraphProto.Builder graph = model.getGraphBuilder();
    graph
        .addNodeBuilder()
        .setDomain("local")
        .setOpType("f" + depth)
        .setName("/call")
        .addInput("x")
        .addOutput("z");
    graph.addOutputBuilder().setName("z");
    return Files.write(folder.resolve("m.onnx"), model.build().toByteArray());
  }
}
