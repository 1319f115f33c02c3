package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lengths, positions and shapes near the ends of what numbers hold, wherever a file has one. */
class ExtremeNumbersTest {
  @TempDir private Path folder;

  static LongStream numbers() {
    return LongStream.of(-1, 0, Integer.MAX_VALUE, 1L << 31, (1L << 62) + 1, Long.MIN_VALUE);
  }

  /** Puts a number into a network, behind a layer that can be cut. */
  private interface Place {
    void put(OnnxGraphBuilder graph, String hidden, long number);
  }

  private static final Map<String, Place> PLACES =
      Map.ofEntries(
          Map.entry("input", (graph, h, n) -> use(graph, graph.input("other", n, 8))),
          Map.entry("two inputs' axes", (graph, h, n) -> use(graph, graph.input("other", 2, n, n))),
          Map.entry("output", (graph, h, n) -> graph.output("other", node(graph, "Relu", h), n, 8)),
          Map.entry("value_info", (graph, h, n) -> graph.valueInfo(h, n, 8)),
          Map.entry("initializer", (graph, h, n) -> use(graph, empty(graph, n, 8))),
          Map.entry("initializer of two", (graph, h, n) -> use(graph, empty(graph, n, n))),
          Map.entry("Reshape", (graph, h, n) -> use(graph, shaped(graph, "Reshape", h, n, -1))),
          Map.entry("Expand", (graph, h, n) -> use(graph, shaped(graph, "Expand", h, n, 8))),
          Map.entry("Tile", (graph, h, n) -> use(graph, shaped(graph, "Tile", h, n, n))),
          Map.entry(
              "ConstantOfShape",
              (graph, h, n) ->
                  use(
                      graph,
                      graph.node(
                          "ConstantOfShape",
                          "/extreme",
                          List.of(graph.longs("shape", new long[] {n, 2}, 2))))),
          Map.entry(
              "Slice",
              (graph, h, n) ->
                  use(
                      graph,
                      graph.node(
                          "Slice",
                          "/extreme",
                          List.of(
                              h,
                              graph.longs("starts", new long[] {n}, 1),
                              graph.longs("ends", new long[] {-n}, 1),
                              graph.longs("axes", new long[] {1}, 1),
                              graph.longs("steps", new long[] {n}, 1))))),
          Map.entry("Pad", (graph, h, n) -> use(graph, padded(graph, h, n))),
          Map.entry("Gather", (graph, h, n) -> use(graph, gathered(graph, h, n))),
          Map.entry(
              "Split",
              (graph, h, n) ->
                  use(
                      graph,
                      graph
                          .nodes(
                              "Split",
                              "/extreme",
                              List.of(h, graph.longs("sizes", new long[] {n, 8 - n}, 2)),
                              Map.of("axis", 1L),
                              2)
                          .get(0))),
          Map.entry(
              "Range",
              (graph, h, n) ->
                  use(
                      graph,
                      graph.node(
                          "Range",
                          "/extreme",
                          List.of(
                              graph.longs("start", new long[] {0}),
                              graph.longs("limit", new long[] {n}),
                              graph.longs("delta", new long[] {1}))))),
          Map.entry(
              "axis",
              (graph, h, n) ->
                  use(graph, graph.node("Concat", "/extreme", List.of(h, h), Map.of("axis", n)))),
          Map.entry(
              "Transpose",
              (graph, h, n) ->
                  use(
                      graph,
                      graph.node(
                          "Transpose", "/extreme", List.of(h), Map.of("perm", new long[] {n, 0})))),
          Map.entry(
              "Unsqueeze",
              (graph, h, n) ->
                  use(
                      graph,
                      graph.node(
                          "Unsqueeze",
                          "/extreme",
                          List.of(h, graph.longs("axes", new long[] {n}, 1))))),
          Map.entry("Conv", (graph, h, n) -> convolved(graph, Map.of("group", n))),
          Map.entry(
              "Conv, strides",
              (graph, h, n) -> convolved(graph, Map.of("strides", new long[] {n, n}))),
          Map.entry(
              "Conv, pads",
              (graph, h, n) -> convolved(graph, Map.of("pads", new long[] {n, n, n, n}))),
          Map.entry(
              "Conv, dilations",
              (graph, h, n) -> convolved(graph, Map.of("dilations", new long[] {n, n}))));

  private static String node(OnnxGraphBuilder graph, String operator, String input) {
    return graph.node(operator, "/extreme", List.of(input));
  }

  private static void use(OnnxGraphBuilder graph, String value) {
    graph.output("extreme", graph.node("Identity", "/use", List.of(value)));
  }

  private static String empty(OnnxGraphBuilder graph, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName("empty").setDataType(DataTypes.FLOAT);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return graph.initializer(tensor.build());
  }

  private static String shaped(OnnxGraphBuilder graph, String operator, String h, long... shape) {
    return graph.node(operator, "/extreme", List.of(h, graph.longs("shape", shape, shape.length)));
  }

  private static String padded(OnnxGraphBuilder graph, String h, long n) {
    return graph.node(
        "Pad", "/extreme", List.of(h, graph.longs("pads", new long[] {0, n, 0, n}, 4)));
  }

  private static String gathered(OnnxGraphBuilder graph, String h, long n) {
    return graph.node(
        "Gather",
        "/extreme",
        List.of(h, graph.longs("indices", new long[] {n, 0}, 2)),
        Map.of("axis", 1L));
  }

  private static void convolved(OnnxGraphBuilder graph, Map<String, ?> attributes) {
    String image = graph.input("image", 1, 4, 8, 8);
    String weight = graph.weights("conv.weight", 4, 4, 3, 3);
    use(graph, graph.node("Conv", "/extreme", List.of(image, weight), attributes));
  }

  static Stream<String> places() {
    return PLACES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("places")
  void everyNumberIsAnswered(String place) throws IOException {
    for (long number : numbers().toArray()) {
      Path file = file(place, number);
      Path out = folder.resolve("out.onnx");
      assertAnswered(place, number, Cli.run("inspect", file));
      Cli pruned = Cli.run("prune", file, "-o", out, "--params", 0.7, "--divisor", 1);
      assertAnswered(place, number, pruned);
      assertTrue(pruned.code() == 0 || Files.notExists(out), () -> place + " " + number);
      Files.deleteIfExists(out);
    }
  }

  /** A result, or one sentence. */
  private static void assertAnswered(String place, long number, Cli run) {
    assertTrue(
        run.code() == 0 || (run.code() == 2 && run.err().lines().count() == 1),
        () -> place + " = " + number + ": exit code " + run.code() + "\n" + run.err());
    assertFalse(run.err().contains("Exception"), run::err);
  }

  private Path file(String place, long number) throws IOException {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("extreme", 17);
    String x = graph.input("x", 1, 8);
    String hidden = graph.node("MatMul", "/a/MatMul", List.of(x, graph.weights("a.weight", 8, 8)));
    graph.output(
        "y", graph.node("MatMul", "/b/MatMul", List.of(hidden, graph.weights("b.weight", 8, 4))));
    Objects.requireNonNull(PLACES.get(place)).put(graph, hidden, number);
    ModelProto model = graph.toProto();
    return Files.write(folder.resolve("m.onnx"), model.toByteArray());
  }
}
