package io.espalier.cli.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.build.OnnxGraphBuilder;
import java.util.List;
import java.util.Map;

/** Small networks to start from, with many kinds of operators in few nodes. */
final class Networks {
  static final SearchSpaces SPACES =
      Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);

  /** The network that rules, configs, manifests and saved spaces speak of. */
  static final TracedModel TRACED = SPACES.open(convolutions().toByteArray());

  private Networks() {}

  /** A new space of that network. */
  static SearchSpace space() {
    return SPACES.generate(TRACED, Rules.everything());
  }

  static List<ModelProto> all() {
    return List.of(convolutions(), attention(), shapes(), constants(), functions());
  }

  /** Convolutions, plain and depthwise, with a norm and a residual sum. */
  static ModelProto convolutions() {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("convolutions", 17);
    String x = graph.input("x", "batch", 3, 6, 6);
    String stem = convolution(graph, "stem", x, Map.of("pads", new long[] {1, 1, 1, 1}), 4, 3);
    String norm =
        graph.node(
            "BatchNormalization",
            "/bn",
            List.of(
                stem,
                graph.weights("bn.weight", 4),
                graph.weights("bn.bias", 4),
                graph.weights("bn.running_mean", 4),
                graph.floats("bn.running_var", new float[] {1, 1, 1, 1}, 4)));
    String act = graph.node("Relu", "/relu", List.of(norm));
    String deep =
        convolution(graph, "deep", act, Map.of("pads", new long[] {1, 1, 1, 1}, "group", 4L), 4, 1);
    String sum = graph.node("Add", "/add", List.of(deep, act));
    String mean = graph.node("GlobalAveragePool", "/pool", List.of(sum));
    String flat = graph.node("Flatten", "/flatten", List.of(mean));
    String fc =
        graph.node(
            "Gemm",
            "/fc/Gemm",
            List.of(flat, graph.weights("fc.weight", 2, 4), graph.weights("fc.bias", 2)),
            Map.of("transB", 1L));
    graph.output("y", fc, "batch", 2);
    return graph.toProto();
  }

  private static String convolution(
      OnnxGraphBuilder graph, String name, String x, Map<String, ?> attributes, int out, int in) {
    return graph.node(
        "Conv",
        "/" + name + "/Conv",
        List.of(x, graph.weights(name + ".weight", out, in, 3, 3)),
        attributes);
  }

  /** One head of attention behind a table. */
  private static ModelProto attention() {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("attention", 17);
    String ids = graph.typedInput("ids", TensorProto.DataType.INT64.getNumber(), 1, 4);
    String x = graph.node("Gather", "/table", List.of(graph.weights("table.weight", 6, 4), ids));
    String q = graph.node("MatMul", "/q", List.of(x, graph.weights("q.weight", 4, 4)));
    String k = graph.node("MatMul", "/k", List.of(x, graph.weights("k.weight", 4, 4)));
    String turned = graph.node("Transpose", "/t", List.of(k), Map.of("perm", new long[] {0, 2, 1}));
    String scores = graph.node("MatMul", "/scores", List.of(q, turned));
    String soft = graph.node("Softmax", "/softmax", List.of(scores), Map.of("axis", -1L));
    String mixed = graph.node("MatMul", "/mix", List.of(soft, x));
    String norm =
        graph.node(
            "LayerNormalization",
            "/norm",
            List.of(mixed, graph.weights("norm.weight", 4), graph.weights("norm.bias", 4)));
    graph.output(
        "y", graph.node("MatMul", "/out", List.of(norm, graph.weights("out.weight", 4, 2))));
    return graph.toProto();
  }

  /** Sizes that are computed, cut and joined. */
  private static ModelProto shapes() {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("shapes", 17);
    String x = graph.input("x", "batch", 4);
    String a = graph.node("MatMul", "/a", List.of(x, graph.weights("a.weight", 4, 8)));
    String shape = graph.node("Shape", "/shape", List.of(a));
    String batch =
        graph.node("Gather", "/batch", List.of(shape, graph.longs("first", new long[] {0}, 1)));
    String target =
        graph.node(
            "Concat",
            "/target",
            List.of(batch, graph.longs("heads", new long[] {2, -1}, 2)),
            Map.of("axis", 0L));
    String heads = graph.node("Reshape", "/reshape", List.of(a, target));
    List<String> halves =
        graph.nodes(
            "Split",
            "/split",
            List.of(heads, graph.longs("sizes", new long[] {1, 3}, 2)),
            Map.of("axis", 2L),
            2);
    String padded =
        graph.node(
            "Pad",
            "/pad",
            List.of(halves.get(1), graph.longs("pads", new long[] {0, 0, 0, 0, 0, 1}, 6)));
    String sliced =
        graph.node(
            "Slice",
            "/slice",
            List.of(
                padded,
                graph.longs("starts", new long[] {0}, 1),
                graph.longs("ends", new long[] {3}, 1),
                graph.longs("axes", new long[] {2}, 1)));
    String both = graph.node("Concat", "/both", List.of(halves.get(0), sliced), Map.of("axis", 2L));
    String flat = graph.node("Reshape", "/flat", List.of(both, shape));
    graph.output("y", graph.node("MatMul", "/b", List.of(flat, graph.weights("b.weight", 8, 2))));
    return graph.toProto();
  }

  /** What is computed from parameters alone. */
  private static ModelProto constants() {
    OnnxGraphBuilder graph = new OnnxGraphBuilder("constants", 17);
    String x = graph.input("x", 1, 4);
    String scale =
        graph.node(
            "Mul", "/scale", List.of(graph.weights("a.weight", 4, 6), graph.weights("g", 6)));
    String h = graph.node("MatMul", "/a", List.of(x, scale));
    String tiled =
        graph.node(
            "Tile",
            "/tile",
            List.of(graph.weights("bias", 2), graph.longs("n", new long[] {3}, 1)));
    String sum = graph.node("Add", "/add", List.of(h, tiled));
    String filled =
        graph.node(
            "ConstantOfShape", "/filled", List.of(graph.longs("size", new long[] {6, 2}, 2)));
    String weight = graph.node("Add", "/weight", List.of(filled, graph.weights("b.weight", 6, 2)));
    graph.output("y", graph.node("MatMul", "/b", List.of(sum, weight)));
    return graph.toProto();
  }

  /** A function that calls another, with an attribute of the call. */
  static ModelProto functions() {
    OnnxGraphBuilder inner = new OnnxGraphBuilder("inner", 17);
    inner.output(
        "r",
        inner.node(
            "LeakyRelu",
            "/relu",
            List.of("v"),
            Map.of("alpha", OnnxGraphBuilder.ofCall("slope", AttributeType.FLOAT))));
    OnnxGraphBuilder outer = new OnnxGraphBuilder("outer", 17).opset("local", 1);
    String product = outer.node("MatMul", "/m", List.of("v", "w"));
    Map<String, ?> slope = Map.of("slope", 0.5f);
    outer.output("r", outer.node("local:inner", "/i", List.of(product), slope));
    OnnxGraphBuilder graph = new OnnxGraphBuilder("functions", 17).opset("local", 1);
    graph.function("local:inner", List.of("v"), inner);
    graph.function("local:outer", List.of("v", "w"), outer);
    String x = graph.input("x", 1, 4);
    String a = graph.node("local:outer", "/a", List.of(x, graph.weights("a.weight", 4, 6)));
    String b = graph.node("local:outer", "/b", List.of(a, graph.weights("b.weight", 6, 6)));
    graph.output("y", graph.node("MatMul", "/c", List.of(b, graph.weights("c.weight", 6, 2))));
    return graph.toProto();
  }
}
