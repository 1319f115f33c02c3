package io.espalier.onnx.build;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * An embedding, an LSTM in both directions and one forwards, and a linear layer for each position.
 * Input {@code ids} [N, T] (int64, below the vocabulary), output {@code output} [N, T, classes].
 *
 * @param vocabulary number of tokens
 * @param embedding width of the embedding
 * @param hidden width of each direction's state
 * @param classes outputs for each position
 */
public record LstmTagger(int vocabulary, int embedding, int hidden, int classes) {
  private static final int GATES = 4;

  OnnxModel build() {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("lstm", 17);
    TorchLayers layers = new TorchLayers(builder);
    String ids = builder.typedInput("ids", DataTypes.INT64, "N", "T");
    String table = builder.random("embedding.weight", 0, 1, vocabulary, embedding);
    String x = layers.node("Gather", "embedding", table, ids);
    x = layers.node("Transpose", "", Map.of("perm", new long[] {1, 0, 2}), x);
    x = lstm(builder, layers, "encoder", x, embedding, 2);
    x = lstm(builder, layers, "decoder", x, 2 * hidden, 1);
    x = layers.node("Transpose", "", Map.of("perm", new long[] {1, 0, 2}), x);
    x = layers.projection("tags", x, hidden, classes);
    return builder.output("output", x, "N", "T", classes).build();
  }

  /** [T, N, in] to [T, N, directions * hidden]. */
  private String lstm(
      OnnxGraphBuilder builder, TorchLayers layers, String name, String x, int in, int directions) {
    long gates = (long) GATES * hidden;
    String w = builder.random(name + ".W", 0, Math.sqrt(2.0 / in), directions, gates, in);
    String r = builder.random(name + ".R", 0, Math.sqrt(2.0 / hidden), directions, gates, hidden);
    String b = builder.random(name + ".B", 0, 0.1, directions, 2 * gates);
    Map<String, Object> attributes =
        Map.of("hidden_size", hidden, "direction", directions == 2 ? "bidirectional" : "forward");
    String scope = layers.scope(name);
    String y = builder.nodes("LSTM", scope + "/LSTM", List.of(x, w, r, b), attributes, 3).get(0);
    if (directions == 1) {
      return layers.node(
          "Squeeze", name, y, builder.constant(scope + "/Constant", new long[] {1}, 1));
    }
    y = layers.node("Transpose", name, Map.of("perm", new long[] {0, 2, 1, 3}), y);
    String merged = builder.constant(scope + "/Constant", new long[] {0, 0, -1}, 3);
    return layers.node("Reshape", name, y, merged);
  }
}
