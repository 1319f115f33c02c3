package io.espalier.contrib;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Small networks around one fused operator each, with linear layers before and behind it. */
final class Graphs {
  private static final Map<String, OnnxModel> ALL = make();

  private static final int IN = 12;
  private static final int WIDTH = 16;
  private static final int LENGTH = 5;
  private static final int HEADS = 4;

  private final OnnxGraphBuilder b;

  private Graphs(String name) {
    this.b = new OnnxGraphBuilder(name, 17).opset(Fused.DOMAIN, 1);
  }

  /** Every network by a name that says what is special about it. */
  static Map<String, OnnxModel> all() {
    return ALL;
  }

  static OnnxModel of(String name) {
    return Objects.requireNonNull(ALL.get(name), name);
  }

  private static Map<String, OnnxModel> make() {
    Map<String, OnnxModel> all = new LinkedHashMap<>();
    all.put("Attention", attention(Map.of("num_heads", HEADS)));
    all.put(
        "Attention, sizes given",
        attention(Map.of("num_heads", HEADS, "qkv_hidden_sizes", new long[] {32, 32, 16})));
    all.put("Attention, causal", attention(Map.of("num_heads", HEADS, "unidirectional", 1)));
    all.put("Attention, cached", cachedAttention());
    all.put("Attention, with a past", attentionWithPast());
    all.put("MultiHeadAttention", multiHead(false));
    all.put("MultiHeadAttention, biased", multiHead(true));
    all.put("MultiHeadAttention, heads in front", headsInFront());
    all.put("MultiHeadAttention, addends of scores, cached", cachedMultiHead());
    all.put("GroupQueryAttention", groupQuery(false));
    all.put("GroupQueryAttention, packed", groupQuery(true));
    all.put("GroupQueryAttention, rotated", rotatedGroupQuery());
    all.put("RotaryEmbedding", rotary(3, Map.of()));
    all.put("RotaryEmbedding, interleaved", rotary(3, Map.of("interleaved", 1)));
    all.put("RotaryEmbedding, heads in front", rotary(4, Map.of()));
    all.put(
        "RotaryEmbedding, in part",
        rotary(3, Map.of("rotary_embedding_dim", 4, "num_heads", HEADS)));
    all.put("SkipLayerNormalization", skip("SkipLayerNormalization", true));
    all.put("SkipSimplifiedLayerNormalization", skip("SkipSimplifiedLayerNormalization", false));
    all.put("EmbedLayerNormalization", embed());
    all.put("FusedMatMul", product(Map.of("transB", 1, "alpha", 0.5f)));
    all.put("FusedMatMul, left transposed", product(Map.of("transA", 1)));
    all.put("FusedMatMul, batch behind", batchBehind(false));
    all.put("FusedMatMul, batch behind and transposed", batchBehind(true));
    all.put("FusedMatMul, weight", weighted("FusedMatMul", Map.of("transB", 1, "alpha", 2f)));
    all.put("FusedGemm", weighted("FusedGemm", Map.of("transB", 1, "activation", "Relu")));
    all.put("BiasGelu", activation("BiasGelu", true));
    all.put("FastGelu", activation("FastGelu", false));
    all.put("FastGelu, biased", activation("FastGelu", true));
    all.put("QuickGelu", activation("QuickGelu", false));
    all.put("FusedConv", conv(1, 1, "NOTSET"));
    all.put("FusedConv, grouped", conv(4, 1, "NOTSET"));
    all.put("FusedConv, depthwise", conv(16, 1, "NOTSET"));
    all.put("FusedConv, strided", conv(1, 2, "SAME_UPPER"));
    return all;
  }

  private String node(
      String operator, String name, List<String> inputs, Map<String, ?> attributes) {
    return b.node(Fused.DOMAIN + ":" + operator, name, inputs, attributes);
  }

  /** A linear layer over the last axis, with a bias. */
  private String linear(String name, String x, int in, int out) {
    String weight = b.weights(name + ".weight", out, in);
    String right = b.node("Transpose", "/" + name + "/Transpose", List.of(weight));
    String product = b.node("MatMul", "/" + name + "/MatMul", List.of(x, right));
    return b.node(
        "Add", "/" + name + "/Add", List.of(product, b.random(name + ".bias", 0, 1, out)));
  }

  private String input() {
    return b.input("input", "N", LENGTH, IN);
  }

  private OnnxModel finish(String x, int width) {
    String y = b.node("Tanh", "/tanh", List.of(x));
    return b.output("output", linear("last", y, width, 3), "N", LENGTH, 3).build();
  }

  private static OnnxModel attention(Map<String, ?> attributes) {
    Graphs g = new Graphs("attention");
    long[] sizes = {WIDTH, WIDTH, WIDTH};
    if (attributes.get("qkv_hidden_sizes") instanceof long[] given) {
      sizes = given;
    }
    long all = sizes[0] + sizes[1] + sizes[2];
    String x = g.linear("first", g.input(), IN, WIDTH);
    String weight = g.b.random("attn.weight", 0, 0.3, WIDTH, all);
    String bias = g.b.random("attn.bias", 0, 1, all);
    x = g.node("Attention", "/attn/Attention", List.of(x, weight, bias), attributes);
    return g.finish(x, (int) sizes[2]);
  }

  private static OnnxModel cachedAttention() {
    Graphs g = new Graphs("cached");
    String x = g.linear("first", g.input(), IN, WIDTH);
    String weight = g.b.random("attn.weight", 0, 0.3, WIDTH, 3 * WIDTH);
    String bias = g.b.random("attn.bias", 0, 1, 3 * WIDTH);
    List<String> outputs =
        g.b.nodes(
            Fused.DOMAIN + ":Attention",
            "/attn/Attention",
            List.of(x, weight, bias),
            Map.of("num_heads", HEADS, "unidirectional", 1),
            2);
    return g.finish(outputs.get(0), WIDTH);
  }

  private static OnnxModel multiHead(boolean biased) {
    Graphs g = new Graphs("multihead");
    String x = g.input();
    String q = g.linear("q_proj", x, IN, WIDTH);
    String k = g.linear("k_proj", x, IN, WIDTH);
    String v = g.linear("v_proj", x, IN, 2 * WIDTH);
    List<String> inputs =
        biased ? List.of(q, k, v, g.b.random("attn.bias", 0, 1, 4 * WIDTH)) : List.of(q, k, v);
    x = g.node("MultiHeadAttention", "/attn/MHA", inputs, Map.of("num_heads", HEADS));
    return g.finish(x, 2 * WIDTH);
  }

  private String reshape(String name, String x, long... shape) {
    return b.node("Reshape", name, List.of(x, b.longs(name + ".shape", shape, shape.length)));
  }

  private static OnnxModel headsInFront() {
    Graphs g = new Graphs("heads-in-front");
    String x = g.input();
    String q = g.linear("q_proj", x, IN, WIDTH);
    String k = g.front("k", g.linear("k_proj", x, IN, WIDTH), WIDTH);
    String v = g.front("v", g.linear("v_proj", x, IN, WIDTH), WIDTH);
    x = g.node("MultiHeadAttention", "/attn/MHA", List.of(q, k, v), Map.of("num_heads", HEADS));
    return g.finish(x, WIDTH);
  }

  /** From [N, length, heads x width] to [N, heads, length, width]. */
  private String front(String name, String x, int width) {
    String split = reshape("/" + name + "/split", x, 0, 0, HEADS, width / HEADS);
    Map<String, ?> order = Map.of("perm", new long[] {0, 2, 1, 3});
    return b.node("Transpose", "/" + name + "/front", List.of(split), order);
  }

  private static OnnxModel cachedMultiHead() {
    Graphs g = new Graphs("cached-multihead");
    String x = g.b.input("input", 2, LENGTH, IN);
    String q = g.linear("q_proj", x, IN, WIDTH);
    String k = g.linear("k_proj", x, IN, WIDTH);
    String v = g.linear("v_proj", x, IN, WIDTH);
    String scores = g.b.random("scores", 0, 1, 1, HEADS, LENGTH, 3 + LENGTH);
    String keys = g.b.random("past.keys", 0, 1, 2, HEADS, 3, WIDTH / HEADS);
    String values = g.b.random("past.values", 0, 1, 2, HEADS, 3, WIDTH / HEADS);
    List<String> outputs =
        g.b.nodes(
            Fused.DOMAIN + ":MultiHeadAttention",
            "/attn/MHA",
            List.of(q, k, v, "", "", scores, keys, values),
            Map.of("num_heads", HEADS),
            3);
    return g.finishOfTwo(outputs.get(0), WIDTH);
  }

  private OnnxModel finishOfTwo(String x, int width) {
    String y = b.node("Tanh", "/tanh", List.of(x));
    return b.output("output", linear("last", y, width, 3), 2, LENGTH, 3).build();
  }

  private static OnnxModel attentionWithPast() {
    Graphs g = new Graphs("past");
    String x = g.linear("first", g.b.input("input", 2, LENGTH, IN), IN, WIDTH);
    String weight = g.b.random("attn.weight", 0, 0.3, WIDTH, 3 * WIDTH);
    String bias = g.b.random("attn.bias", 0, 1, 3 * WIDTH);
    String past = g.b.random("past", 0, 1, 2, 2, HEADS, 3, WIDTH / HEADS);
    List<String> outputs =
        g.b.nodes(
            Fused.DOMAIN + ":Attention",
            "/attn/Attention",
            List.of(x, weight, bias, "", past),
            Map.of("num_heads", HEADS, "unidirectional", 1),
            2);
    return g.finishOfTwo(outputs.get(0), WIDTH);
  }

  private static OnnxModel rotatedGroupQuery() {
    int width = 16;
    int shared = 2;
    Graphs g = new Graphs("rotated");
    String x = g.b.input("input", 1, LENGTH, IN);
    String q = g.linear("q_proj", x, IN, HEADS * width);
    String k = g.linear("k_proj", x, IN, shared * width);
    String v = g.linear("v_proj", x, IN, shared * width);
    String keys = g.b.random("past.keys", 0, 1, 1, shared, 3, width);
    String values = g.b.random("past.values", 0, 1, 1, shared, 3, width);
    String lengths = initializer(g.b, "seqlens_k", new int[] {3 + LENGTH - 1}, 1);
    String total = initializer(g.b, "total", new int[] {3 + LENGTH});
    String cos = g.b.random("cos", 0, 1, 4 * LENGTH, width / 2);
    String sin = g.b.random("sin", 0, 1, 4 * LENGTH, width / 2);
    x =
        g.b
            .nodes(
                Fused.DOMAIN + ":GroupQueryAttention",
                "/attn/GQA",
                List.of(q, k, v, keys, values, lengths, total, cos, sin),
                Map.of("num_heads", HEADS, "kv_num_heads", shared, "do_rotary", 1),
                3)
            .get(0);
    String y = g.b.node("Tanh", "/tanh", List.of(x));
    int all = HEADS * width;
    return g.b.output("output", g.linear("last", y, all, 3), 1, LENGTH, 3).build();
  }

  private static OnnxModel groupQuery(boolean packed) {
    int width = 8;
    int shared = 2;
    Graphs g = new Graphs("group-query");
    // The lengths of all sentences, which a batch of one makes a constant.
    String x = g.b.input("input", 1, LENGTH, IN);
    String lengths = initializer(g.b, "seqlens_k", new int[] {LENGTH - 1}, 1);
    String total = initializer(g.b, "total", new int[] {LENGTH});
    List<String> inputs;
    if (packed) {
      String qkv = g.linear("qkv", x, IN, (HEADS + 2 * shared) * width);
      inputs = List.of(qkv, "", "", "", "", lengths, total);
    } else {
      String q = g.linear("q_proj", x, IN, HEADS * width);
      String k = g.linear("k_proj", x, IN, shared * width);
      String v = g.linear("v_proj", x, IN, shared * width);
      inputs = List.of(q, k, v, "", "", lengths, total);
    }
    x =
        g.b
            .nodes(
                Fused.DOMAIN + ":GroupQueryAttention",
                "/attn/GQA",
                inputs,
                Map.of("num_heads", HEADS, "kv_num_heads", shared),
                3)
            .get(0);
    String y = g.b.node("Tanh", "/tanh", List.of(x));
    return g.b.output("output", g.linear("last", y, HEADS * width, 3), 1, LENGTH, 3).build();
  }

  private static String initializer(OnnxGraphBuilder b, String name, int[] values, long... dims) {
    long[] wide = new long[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    String stored = b.longs(name + ".wide", wide, dims);
    return b.node("Cast", "/" + name, List.of(stored), Map.of("to", DataTypes.INT32));
  }

  private static OnnxModel rotary(int rank, Map<String, ?> attributes) {
    Graphs g = new Graphs("rotary");
    boolean part = attributes.containsKey("rotary_embedding_dim");
    int width = 8;
    int heads = HEADS * width;
    int pairs = part ? 2 : width / 2;
    String x = g.linear("first", g.input(), IN, heads);
    if (rank == 4) {
      x = g.reshape("/heads", x, 0, 0, HEADS, width);
      x = g.b.node("Transpose", "/front", List.of(x), Map.of("perm", new long[] {0, 2, 1, 3}));
    }
    String position = g.b.longs("position", new long[] {0}, 1);
    String cos = g.b.random("cos", 0, 1, LENGTH + 3, pairs);
    String sin = g.b.random("sin", 0, 1, LENGTH + 3, pairs);
    x = g.node("RotaryEmbedding", "/rotary", List.of(x, position, cos, sin), attributes);
    if (rank == 4) {
      x = g.b.node("Transpose", "/back", List.of(x), Map.of("perm", new long[] {0, 2, 1, 3}));
      x = g.reshape("/flat", x, 0, 0, heads);
    }
    return g.finish(x, heads);
  }

  private static OnnxModel skip(String operator, boolean shifted) {
    Graphs g = new Graphs("skip");
    String x = g.input();
    String left = g.linear("left", x, IN, WIDTH);
    String right = g.linear("right", x, IN, WIDTH);
    String scale = g.b.random("norm.weight", 1, 0.2, WIDTH);
    String shift = g.b.random("norm.bias", 0, 1, WIDTH);
    String bias = g.b.random("right.more", 0, 1, WIDTH);
    List<String> inputs =
        shifted ? List.of(left, right, scale, shift, bias) : List.of(left, right, scale, bias);
    List<String> outputs =
        g.b.nodes(Fused.DOMAIN + ":" + operator, "/norm/Skip", inputs, Map.of("epsilon", 1e-5f), 4);
    x = g.b.node("Mul", "/mixed", List.of(outputs.get(0), outputs.get(3)));
    return g.finish(x, WIDTH);
  }

  /** Numbers of rows of a table, whatever integers are fed. */
  private String rows(String name, int count) {
    String fed = b.typedInput(name, DataTypes.INT32, "N", LENGTH);
    String least = initializer(b, name + ".count", new int[] {count});
    return b.node("Mod", "/" + name, List.of(fed, least));
  }

  private static OnnxModel embed() {
    Graphs g = new Graphs("embed");
    String ids = g.rows("input_ids", 7);
    String segments = g.rows("segment_ids", 2);
    String words = g.b.random("words", 0, 1, 7, WIDTH);
    String positions = g.b.random("positions", 0, 1, LENGTH, WIDTH);
    String types = g.b.random("types", 0, 1, 2, WIDTH);
    String scale = g.b.random("norm.weight", 1, 0.2, WIDTH);
    String shift = g.b.random("norm.bias", 0, 1, WIDTH);
    String x =
        g.b
            .nodes(
                Fused.DOMAIN + ":EmbedLayerNormalization",
                "/embed/Embed",
                List.of(ids, segments, words, positions, types, scale, shift),
                Map.of("epsilon", 1e-5f),
                2)
            .get(0);
    return g.finish(x, WIDTH);
  }

  /** The product of two activations. */
  private static OnnxModel product(Map<String, ?> attributes) {
    Graphs g = new Graphs("product");
    String x = g.input();
    String left = g.linear("left", x, IN, WIDTH);
    String right = g.linear("right", x, IN, WIDTH);
    boolean leftTransposed = attributes.containsKey("transA");
    x = g.node("FusedMatMul", "/product", List.of(left, right), attributes);
    int rows = leftTransposed ? WIDTH : LENGTH;
    int columns = leftTransposed ? WIDTH : LENGTH;
    String y = g.b.node("Tanh", "/tanh", List.of(x));
    return g.b.output("output", g.linear("last", y, columns, 3), "N", rows, 3).build();
  }

  private static OnnxModel batchBehind(boolean transposed) {
    Graphs g = new Graphs("batch-behind");
    // [length, N, width] holds the rows first, and its batch behind them
    String x = g.b.input("input", LENGTH, 2, IN);
    String left = g.linear("left", x, IN, WIDTH);
    String right = g.linear("right", x, IN, transposed ? 2 * WIDTH : WIDTH);
    Map<String, ?> attributes =
        transposed
            ? Map.of("transBatchA", 1, "transA", 1, "transBatchB", 1)
            : Map.of("transBatchA", 1, "transBatchB", 1, "transB", 1);
    x = g.node("FusedMatMul", "/product", List.of(left, right), attributes);
    int rows = transposed ? WIDTH : LENGTH;
    int columns = transposed ? 2 * WIDTH : LENGTH;
    if (transposed) {
      x = g.b.node("ReduceMean", "/mean", List.of(x), Map.of("axes", new long[] {1}));
      rows = 1;
    }
    String y = g.b.node("Tanh", "/tanh", List.of(x));
    return g.b.output("output", g.linear("last", y, columns, 3), 2, rows, 3).build();
  }

  private static OnnxModel weighted(String operator, Map<String, ?> attributes) {
    Graphs g = new Graphs("weighted");
    boolean gemm = operator.equals("FusedGemm");
    String x = gemm ? g.b.input("input", "N", IN) : g.input();
    x = g.b.node("Tanh", "/tanh0", List.of(g.linear("first", x, IN, WIDTH)));
    String weight = g.b.random("fused.weight", 0, 0.3, 2 * WIDTH, WIDTH);
    List<String> inputs =
        gemm ? List.of(x, weight, g.b.random("fused.bias", 0, 1, 2 * WIDTH)) : List.of(x, weight);
    x = g.node(operator, "/fused/" + operator, inputs, attributes);
    String y = g.linear("last", g.b.node("Tanh", "/tanh", List.of(x)), 2 * WIDTH, 3);
    return gemm
        ? g.b.output("output", y, "N", 3).build()
        : g.b.output("output", y, "N", LENGTH, 3).build();
  }

  private static OnnxModel activation(String operator, boolean biased) {
    Graphs g = new Graphs("activation");
    String x = g.linear("first", g.input(), IN, WIDTH);
    x =
        g.node(
            operator,
            "/act",
            biased ? List.of(x, g.b.random("act.bias", 0, 1, WIDTH)) : List.of(x),
            Map.of());
    return g.finish(x, WIDTH);
  }

  private static OnnxModel conv(int groups, int stride, String autoPad) {
    Graphs g = new Graphs("conv");
    String x = g.b.input("input", "N", 3, 8, 8);
    Map<String, Object> plain =
        Map.of("pads", new long[] {1, 1, 1, 1}, "kernel_shape", new long[] {3, 3});
    x =
        g.b.node(
            "Conv", "/first/Conv", List.of(x, g.b.weights("first.weight", WIDTH, 3, 3, 3)), plain);
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("activation", "Relu");
    attributes.put("group", groups);
    attributes.put("kernel_shape", new long[] {3, 3});
    attributes.put("strides", new long[] {stride, stride});
    if (autoPad.equals("NOTSET")) {
      attributes.put("pads", new long[] {1, 1, 1, 1});
    } else {
      attributes.put("auto_pad", autoPad);
    }
    String weight = g.b.weights("fused.weight", WIDTH, WIDTH / groups, 3, 3);
    String bias = g.b.random("fused.bias", 0, 1, WIDTH);
    List<String> inputs = stride == 1 ? List.of(x, weight, bias, x) : List.of(x, weight, bias);
    x = g.node("FusedConv", "/fused/FusedConv", inputs, attributes);
    x = g.b.node("GlobalAveragePool", "/pool", List.of(x));
    x = g.b.node("Flatten", "/flat", List.of(x));
    return g.b.output("output", g.linear("last", x, WIDTH, 3), "N", 3).build();
  }
}
