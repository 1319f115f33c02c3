package io.espalier.text;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.TorchLayers;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A small encoder of text: tables of words, places and types, one layer of attention under a mask
 * and one of feed-forward. Its output is {@code last_hidden_state} [samples, tokens, 16].
 *
 * @param length how many tokens it takes; 0 for any number
 */
record SmallEncoder(int length) {
  static final int WORDS = 24;
  private static final int FEATURES = 16;
  private static final int HEADS = 2;
  private static final int INNER = 48;
  private static final int PLACES = 32;

  Path save(Path file) {
    new OnnxEdit(build().build()).write(file);
    return file;
  }

  private OnnxGraphBuilder build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("encoder", 17);
    TorchLayers layers = new TorchLayers(builder);
    Object tokens = length == 0 ? "tokens" : (Object) length;
    String ids = builder.typedInput("input_ids", DataTypes.INT64, "batch", tokens);
    String mask = builder.typedInput("attention_mask", DataTypes.INT64, "batch", tokens);
    String types = builder.typedInput("token_type_ids", DataTypes.INT64, "batch", tokens);
    String x = table(builder, layers, "embeddings.word", WORDS, ids);
    x = layers.node("Add", "embeddings", x, table(builder, layers, "embeddings.type", 2, types));
    x = layers.node("Add", "embeddings", x, places(builder, layers, ids));
    x = layers.layerNorm("embeddings.norm", x, FEATURES);
    String y = attention(builder, layers, x, bias(builder, layers, mask));
    x = layers.layerNorm("layer.0.attention.norm", layers.node("Add", "layer.0", x, y), FEATURES);
    y = layers.projection("layer.0.inner", x, FEATURES, INNER);
    y = layers.projection("layer.0.outer", layers.relu("layer.0.act", y), INNER, FEATURES);
    x = layers.layerNorm("layer.0.norm", layers.node("Add", "layer.0", x, y), FEATURES);
    return builder.output("last_hidden_state", x, "batch", tokens, FEATURES);
  }

  private static String table(
      OnnxGraphBuilder builder, TorchLayers layers, String name, int rows, String ids) {
    return layers.node("Gather", name, builder.random(name + ".weight", 0, 1, rows, FEATURES), ids);
  }

  /** The first rows of the table of places, one for each token. */
  private static String places(OnnxGraphBuilder builder, TorchLayers layers, String ids) {
    String name = "embeddings.place";
    String table = builder.random(name + ".weight", 0, 0.5, PLACES, FEATURES);
    String shape = layers.node("Shape", name, ids);
    String end = layers.node("Gather", name, shape, builder.constant("/one", new long[] {1}, 1));
    return layers.node("Slice", name, table, builder.constant("/zero", new long[] {0}, 1), end);
  }

  /** 0 where a token stands, much less where it does not, to be added to scores. */
  private static String bias(OnnxGraphBuilder builder, TorchLayers layers, String mask) {
    String name = "mask";
    String axes = builder.constant("/axes", new long[] {1, 2}, 2);
    String real =
        layers.node(
            "Cast",
            name,
            Map.of("to", (long) DataTypes.FLOAT),
            layers.node("Unsqueeze", name, mask, axes));
    String hidden = layers.node("Sub", name, number(builder, "/1", 1), real);
    return layers.node("Mul", name, hidden, number(builder, "/least", -10_000));
  }

  private static String number(OnnxGraphBuilder builder, String name, double value) {
    return builder.node("Constant", name, List.of(), Map.of("value_float", value));
  }

  private static String attention(
      OnnxGraphBuilder builder, TorchLayers layers, String x, String bias) {
    String name = "layer.0.attention";
    String[] parts = new String[3];
    List<String> names = List.of("query", "key", "value");
    for (int i = 0; i < parts.length; i++) {
      String part = layers.projection(name + "." + names.get(i), x, FEATURES, FEATURES);
      String heads = builder.constant("/heads", new long[] {0, 0, HEADS, FEATURES / HEADS}, 4);
      part = layers.node("Reshape", name, part, heads);
      long[] order = i == 1 ? new long[] {0, 2, 3, 1} : new long[] {0, 2, 1, 3};
      parts[i] = layers.node("Transpose", name, Map.of("perm", order), part);
    }
    String scores = layers.node("MatMul", name, parts[0], parts[1]);
    scores = layers.node("Add", name, scores, bias);
    scores = layers.node("Softmax", name, Map.of("axis", -1), scores);
    String y = layers.node("MatMul", name, scores, parts[2]);
    y = layers.node("Transpose", name, Map.of("perm", new long[] {0, 2, 1, 3}), y);
    y = layers.node("Reshape", name, y, builder.constant("/all", new long[] {0, 0, FEATURES}, 3));
    return layers.projection(name + ".output", y, FEATURES, FEATURES);
  }
}
