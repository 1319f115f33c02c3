package io.espalier.onnx.build;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A decoder in the manner of Llama: RMS norms, rotary positions on two halves of each head, several
 * query heads for each key-value head, a gated feed-forward layer. Input {@code input_ids} [N, T]
 * (int64, below the vocabulary, T at most the positions), output {@code logits} [N, T, vocabulary].
 *
 * @param features width of a token
 * @param queryHeads query heads, divisible by the key-value heads
 * @param keyValueHeads key-value heads
 * @param headWidth width of a head, an even number
 * @param hidden width of the feed-forward layer
 * @param depth decoder layers
 * @param vocabulary number of tokens
 * @param positions the longest sequence
 */
public record GroupedQueryTransformer(
    int features,
    int queryHeads,
    int keyValueHeads,
    int headWidth,
    int hidden,
    int depth,
    int vocabulary,
    int positions) {

  OnnxModel build() {
    return new Building().build();
  }

  /** One network in the making. */
  private final class Building {
    private final OnnxGraphBuilder builder = new OnnxGraphBuilder("gqa", 17);
    private final TorchLayers layers = new TorchLayers(builder).moduleList("model.layers");

    OnnxModel build() {
      String ids = builder.typedInput("input_ids", DataTypes.INT64, "N", "T");
      String table = builder.random("model.embed_tokens.weight", 0, 1, vocabulary, features);
      String x = layers.node("Gather", "model.embed_tokens", table, ids);
      String length =
          new ShapeArithmetic(builder, "/model")
              .list(new ShapeArithmetic(builder, "/model").dim(ids, 1));
      String cosine = firstRows("model.rotary", rotary("model.rotary.cos", true), length, 2);
      String sine = firstRows("model.rotary", rotary("model.rotary.sin", false), length, 2);
      String mask = firstRows("model", causalMask(), length, 2);
      mask = firstRows("model", mask, length, 3);
      for (int i = 0; i < depth; i++) {
        String name = "model.layers." + i;
        String y = norm(name + ".input_layernorm", x);
        x = layers.node("Add", name, x, attention(name + ".self_attn", y, cosine, sine, mask));
        y = norm(name + ".post_attention_layernorm", x);
        x = layers.node("Add", name, x, feedForward(name + ".mlp", y));
      }
      x = norm("model.norm", x);
      x = layers.projectionWithoutBias("lm_head", x, features, vocabulary);
      return builder.output("logits", x, "N", "T", vocabulary).build();
    }

    /** weight * x / sqrt(mean(x^2) + epsilon), over the last axis. */
    private String norm(String name, String x) {
      String y = layers.node("Pow", name, x, scalar(name, 2));
      y = layers.node("ReduceMean", name, Map.of("axes", new long[] {-1}, "keepdims", 1), y);
      y = layers.node("Sqrt", name, layers.node("Add", name, y, scalar(name, 1e-6)));
      y = layers.node("Div", name, x, y);
      return layers.node("Mul", name, builder.random(name + ".weight", 1, 0.2, features), y);
    }

    private String attention(String name, String x, String cosine, String sine, String mask) {
      int queryWidth = queryHeads * headWidth;
      String q = rotate(name, heads(name, ".q_proj", x, queryHeads), cosine, sine);
      String k = rotate(name, heads(name, ".k_proj", x, keyValueHeads), cosine, sine);
      String v = repeatHeads(name, heads(name, ".v_proj", x, keyValueHeads));
      k = transpose(name, repeatHeads(name, k), 0, 1, 3, 2);
      String scores = layers.node("MatMul", name, q, k);
      scores = layers.node("Mul", name, scores, scalar(name, 1 / Math.sqrt(headWidth)));
      scores = layers.node("Add", name, scores, mask);
      scores = layers.node("Softmax", name, Map.of("axis", -1), scores);
      String y = transpose(name, layers.node("MatMul", name, scores, v), 0, 2, 1, 3);
      y = layers.node("Reshape", name, y, longs(name, 0, -1, queryWidth));
      return layers.projectionWithoutBias(name + ".o_proj", y, queryWidth, features);
    }

    /** [N, T, features] to [N, heads, T, headWidth]. */
    private String heads(String name, String projection, String x, int heads) {
      String y = layers.projectionWithoutBias(name + projection, x, features, heads * headWidth);
      y = layers.node("Reshape", name, y, longs(name, 0, -1, heads, headWidth));
      return transpose(name, y, 0, 2, 1, 3);
    }

    /** x * cos + [-second half, first half] * sin. */
    private String rotate(String name, String x, String cosine, String sine) {
      int half = headWidth / 2;
      String axis = longs(name, 3);
      String first = layers.node("Slice", name, x, longs(name, 0), longs(name, half), axis);
      String second =
          layers.node("Slice", name, x, longs(name, half), longs(name, Long.MAX_VALUE), axis);
      second = layers.node("Neg", name, second);
      String turned = layers.node("Concat", name, Map.of("axis", -1), second, first);
      String straight = layers.node("Mul", name, x, cosine);
      return layers.node("Add", name, straight, layers.node("Mul", name, turned, sine));
    }

    /**
     * [N, keyValueHeads, T, headWidth] to [N, queryHeads, T, headWidth]: each head several times in
     * a row.
     */
    private String repeatHeads(String name, String x) {
      int times = queryHeads / keyValueHeads;
      String y = layers.node("Unsqueeze", name, x, longs(name, 2));
      y = layers.node("Expand", name, y, longs(name, 1, 1, times, 1, 1));
      return layers.node("Reshape", name, y, longs(name, 0, queryHeads, -1, headWidth));
    }

    private String feedForward(String name, String x) {
      String gate = layers.projectionWithoutBias(name + ".gate_proj", x, features, hidden);
      gate =
          layers.node(
              "Mul", name + ".act_fn", gate, layers.node("Sigmoid", name + ".act_fn", gate));
      String up = layers.projectionWithoutBias(name + ".up_proj", x, features, hidden);
      String y = layers.node("Mul", name, gate, up);
      return layers.projectionWithoutBias(name + ".down_proj", y, hidden, features);
    }

    /** Cosines or sines [1, 1, positions, headWidth], the same in both halves. */
    private String rotary(String name, boolean cosine) {
      float[] values = new float[positions * headWidth];
      for (int i = 0; i < values.length; i++) {
        int pair = i % headWidth % (headWidth / 2);
        int position = i / headWidth;
        double angle = position * Math.pow(10_000, -2.0 * pair / headWidth);
        values[i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
      }
      return builder.floats(name, values, 1, 1, positions, headWidth);
    }

    /** [1, 1, positions, positions]: 0 on and below the diagonal, a large negative number above. */
    private String causalMask() {
      float[] values = new float[positions * positions];
      for (int i = 0; i < values.length; i++) {
        values[i] = i % positions > i / positions ? -1e9f : 0;
      }
      return builder.floats("model.causal_mask", values, 1, 1, positions, positions);
    }

    private String firstRows(String name, String x, String length, int axis) {
      return layers.node("Slice", name, x, longs(name, 0), length, longs(name, axis));
    }

    private String transpose(String name, String x, long... permutation) {
      return layers.node("Transpose", name, Map.of("perm", permutation), x);
    }

    private String longs(String name, long... values) {
      return builder.constant(layers.scope(name) + "/Constant", values, values.length);
    }

    private String scalar(String name, double value) {
      String constant = layers.scope(name) + "/Constant";
      return builder.node("Constant", constant, List.of(), Map.of("value_float", value));
    }
  }
}
