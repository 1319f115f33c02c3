package io.espalier.onnx.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Heads, query-and-key width and value width are widths of their own, under these names. */
class AttentionTest {
  private static final int CONFIGS = 8;
  private static final long HEADS = 4;
  private static final long DIM = 6;

  /** Pieces of attention over x [N, 5, 16]; 4 heads of 6. */
  private static final class Parts {
    final OnnxGraphBuilder b;
    final String x;

    Parts(long opset) {
      b = new OnnxGraphBuilder("attention", opset, 3);
      x = b.input("x", 2, 5, 16);
    }

    /**
     * Without a bias: that of the keys adds the same to all scores of a query, which is nothing.
     */
    String projection(String name, long outputs) {
      return node("MatMul", name, x, b.weights("block.attn." + name + ".weight", 16, outputs));
    }

    String node(String op, String name, String... inputs) {
      return b.node(op, "/block/attn/" + name, List.of(inputs));
    }

    String node(String op, String name, Map<String, ?> attributes, String... inputs) {
      return b.node(op, "/block/attn/" + name, List.of(inputs), attributes);
    }

    /** [2, 5, heads * dim] to [2, heads, 5, dim], or another order. */
    String heads(String name, String x, long... order) {
      String shape = b.longs(name + "_shape", new long[] {2, 5, HEADS, DIM}, 4);
      String split = node("Reshape", name + "_heads", x, shape);
      return node("Transpose", name + "_order", Map.of("perm", order), split);
    }

    String query(String x) {
      return heads("q", x, 0, 2, 1, 3);
    }

    String key(String x) {
      return heads("k", x, 0, 2, 3, 1);
    }

    String value(String x) {
      return heads("v", x, 0, 2, 1, 3);
    }

    OnnxGraphBuilder finish(String weights, String value) {
      return finish(weights, value, true);
    }

    OnnxGraphBuilder finish(String weights, String value, boolean heads) {
      String y = node("MatMul", "mix", weights, value);
      if (heads) {
        y = node("Transpose", "back", Map.of("perm", new long[] {0, 2, 1, 3}), y);
      }
      y = node("Reshape", "merge", y, b.longs("merged", new long[] {2, 5, HEADS * DIM}, 3));
      String out = b.weights("block.attn.proj.weight", HEADS * DIM, 7);
      return b.output("y", node("MatMul", "proj", y, out), 2, 5, 7);
    }

    String softmax(String scores) {
      return node("Softmax", "softmax", Map.of("axis", 3), scores);
    }
  }

  private static List<String> names(String scope, String... names) {
    List<String> full = new ArrayList<>();
    for (String name : names) {
      full.add(scope + "." + name);
    }
    return full;
  }

  private static OnnxGraphBuilder separate() {
    Parts p = new Parts(17);
    String query = p.query(p.projection("q", HEADS * DIM));
    String key = p.key(p.projection("k", HEADS * DIM));
    String value = p.value(p.projection("v", HEADS * DIM));
    return p.finish(p.softmax(p.node("MatMul", "scores", query, key)), value);
  }

  @Test
  void separateProjections() {
    Subject subject = Subject.of(separate());

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    assertEquals(
        "block.attn.num_heads(4) x block.attn.qk_dim(6)",
        subject.layout("block.attn.q.out_features"));
    assertEquals(
        "block.attn.num_heads(4) x block.attn.v_dim(6)",
        subject.layout("block.attn.proj.in_features"));
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void fusedProjectionThatIsSplitWithoutSizes() {
    Parts p = new Parts(18);
    String fused = p.projection("qkv", 3 * HEADS * DIM);
    List<String> parts =
        p.b.nodes("Split", "split", List.of(fused), Map.of("axis", 2, "num_outputs", 3), 3);
    String scores = p.node("MatMul", "scores", p.query(parts.get(0)), p.key(parts.get(1)));
    Subject subject = Subject.of(p.finish(p.softmax(scores), p.value(parts.get(2))));

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    assertEquals(
        "[block.attn.num_heads(4) x block.attn.qk_dim(6)"
            + " | block.attn.num_heads(4) x block.attn.qk_dim(6)"
            + " | block.attn.num_heads(4) x block.attn.v_dim(6)]",
        subject.layout("block.attn.qkv.out_features"));
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  /** Queries that are parameters, as those of the latents of a Perceiver or of DETR's objects. */
  @Test
  void learnedQueries() {
    Parts p = new Parts(17);
    String latents = p.b.random("latents", 0, 1, 2, 5, 16);
    String weight = p.b.weights("block.attn.q.weight", 16, HEADS * DIM);
    String query = p.query(p.node("MatMul", "q", latents, weight));
    String key = p.key(p.projection("k", HEADS * DIM));
    String scores = p.node("MatMul", "scores", query, key);
    String value = p.value(p.projection("v", HEADS * DIM));
    Subject subject = Subject.of(p.finish(p.softmax(scores), value));

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  /** What a Softmax and a linear layer make of one another is no attention. */
  @Test
  void aLinearLayerBeforeASoftmaxHasNoHeads() {
    Parts p = new Parts(17);
    String weights = p.node("Softmax", "mixture", p.projection("gate", 5));
    Subject subject = Subject.of(p.finish(weights, p.projection("v", HEADS * DIM), false));

    assertEquals(List.of("block.attn.v.out_features"), subject.widths());
  }

  @Test
  void headsBesideTheBatchInOneAxis() {
    Parts p = new Parts(17);
    String shape = p.b.longs("together", new long[] {2 * HEADS, 5, DIM}, 3);
    String turned = p.b.longs("together_turned", new long[] {2 * HEADS, DIM, 5}, 3);
    String query = p.node("Reshape", "q3", p.query(p.projection("q", HEADS * DIM)), shape);
    String key = p.node("Reshape", "k3", p.key(p.projection("k", HEADS * DIM)), turned);
    String value = p.node("Reshape", "v3", p.value(p.projection("v", HEADS * DIM)), shape);
    String weights =
        p.node("Softmax", "softmax", Map.of("axis", -1), p.node("MatMul", "scores", query, key));
    String y = p.node("MatMul", "mix", weights, value);
    y = p.node("Reshape", "apart", y, p.b.longs("apart", new long[] {2, HEADS, 5, DIM}, 4));
    y = p.node("Transpose", "back", Map.of("perm", new long[] {0, 2, 1, 3}), y);
    y = p.node("Reshape", "merge", y, p.b.longs("merged", new long[] {2, 5, HEADS * DIM}, 3));
    String out = p.b.weights("block.attn.proj.weight", HEADS * DIM, 7);
    Subject subject = Subject.of(p.b.output("y", p.node("MatMul", "proj", y, out), 2, 5, 7));

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    assertEquals(4, subject.space().hparam("block.attn.num_heads").choices().size());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void scaleComputedFromTheWidthStaysTheOriginals() {
    Parts p = new Parts(17);
    String query = p.query(p.projection("q", HEADS * DIM));
    String key = p.key(p.projection("k", HEADS * DIM));
    String shape = p.node("Shape", "shape", query);
    String dim = p.node("Gather", "dim", shape, p.b.longs("three", new long[] {3}));
    String root = p.node("Sqrt", "root", p.node("Cast", "cast", Map.of("to", 1), dim));
    String scores = p.node("Div", "scaled", p.node("MatMul", "scores", query, key), root);
    String value = p.value(p.projection("v", HEADS * DIM));
    Subject subject = Subject.of(p.finish(p.softmax(scores), value));

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void factorsThatAreNotZeroAtZero() {
    Parts p = new Parts(17);
    String query = p.node("Sigmoid", "gate_q", p.query(p.projection("q", HEADS * DIM)));
    String key = p.node("Exp", "gate_k", p.key(p.projection("k", HEADS * DIM)));
    String value = p.node("Sigmoid", "gate_v", p.value(p.projection("v", HEADS * DIM)));
    String scores = p.node("MatMul", "scores", query, key);
    Subject subject = Subject.of(p.finish(p.softmax(scores), value));

    assertEquals(names("block.attn", "num_heads", "qk_dim", "v_dim"), subject.widths());
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void softmaxOverEveryAxisBehindTheFirst() {
    Parts p = new Parts(11);
    String query = p.query(p.projection("q", HEADS * DIM));
    String key = p.key(p.projection("k", HEADS * DIM));
    String value = p.value(p.projection("v", HEADS * DIM));
    String weights = p.node("Softmax", "softmax", p.node("MatMul", "scores", query, key));
    Subject subject = Subject.of(p.finish(weights, value));

    assertEquals(
        List.of("block.attn.q.out_features", "block.attn.v.out_features"), subject.widths());
    assertTrue(
        subject.space().frozen().stream()
            .anyMatch(axis -> axis.toString().contains("Softmax runs over it")));
    subject.proves(CONFIGS, Map.of());
  }

  @Test
  void visionTransformer() {
    Subject subject = Subject.of(SampleNetworks.visionTransformer());

    String first = "encoder.layers.encoder_layer_0.self_attention";
    assertTrue(
        subject.widths().containsAll(names(first, "num_heads", "qk_dim")),
        () -> subject.widths().toString());
    assertEquals(
        "3 x " + first + ".num_heads(4) x " + first + ".qk_dim(12)",
        subject.layout(first + ".in_proj.out_features"));
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void queryHeadsShareKeyValueHeads() {
    Subject subject = Subject.of(SampleNetworks.groupedQueryTransformer());

    String first = "model.layers.0.self_attn";
    assertTrue(
        subject
            .widths()
            .containsAll(names(first, "kv_heads", "num_key_value_groups", "qk_dim", "v_dim")),
        () -> subject.widths().toString());
    assertEquals(
        first + ".kv_heads(2) x " + first + ".num_key_value_groups(2)",
        subject.layout(first + ".num_heads"));
    assertEquals(
        first + ".kv_heads(2) x [" + first + ".qk_dim(8) | " + first + ".qk_dim(8)]",
        subject.layout(first + ".k_proj.out_features"));
    subject.proves(CONFIGS, Map.of("input_ids", List.of(2L, 9L))).noticesWrongCuts();
  }

  @Test
  void attentionThatTheRulesDoNotNameIsFrozen() {
    SearchSpace space = Subject.under(separate().build(), "{\"nn.Linear\": {}}");

    assertTrue(space.configurableHparams().isEmpty(), () -> space.config().toString());
  }

  @Test
  void rulesNameAttention() {
    SearchSpace space =
        Subject.under(
            separate().build(),
            "{\"nn.Linear\": {}, \"nn.MultiheadAttention\": {\"block.*\":"
                + " {\"num_heads_ratio\": [0.5], \"head_dim_divisor\": 3}}}");

    assertEquals(List.of(2, 4), values(space, "num_heads"));
    assertEquals(List.of(3, 6), values(space, "qk_dim"));
    assertEquals(List.of(3, 6), values(space, "v_dim"));
  }

  private static List<Integer> values(SearchSpace space, String name) {
    List<Choice> choices = space.hparam("block.attn." + name).choices();
    return choices.stream().map(choice -> Integer.valueOf(choice.toString())).toList();
  }
}
