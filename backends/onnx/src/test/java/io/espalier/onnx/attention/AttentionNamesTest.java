package io.espalier.onnx.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.build.OnnxGraphBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Names follow what the products and the Softmax run over: windows, blocks and tokens are no heads
 * and no width of one, wherever they stand, and heads are found whichever factor comes first.
 */
class AttentionNamesTest {
  private static final int CONFIGS = 6;
  private static final int TOKENS = 8;
  private static final int WINDOWS = 2;
  private static final int HEADS = 3;
  private static final int DIM = 4;

  private final OnnxGraphBuilder b = new OnnxGraphBuilder("attention", 17, 3);
  private final String x = b.input("x", 2, TOKENS, 10);

  private String node(String op, String name, String... inputs) {
    return b.node(op, "/attn/" + name, List.of(inputs));
  }

  private String turned(String name, String value, long... order) {
    return b.node("Transpose", "/attn/" + name, List.of(value), Map.of("perm", order));
  }

  private String reshaped(String name, String value, long... shape) {
    return node("Reshape", name, value, b.longs(name + "_shape", shape, shape.length));
  }

  /** A projection of the tokens into heads, seen in a shape. */
  private String projected(String name, long... shape) {
    String out = node("MatMul", name, x, b.weights("attn." + name + ".weight", 10, HEADS * DIM));
    return reshaped(name + "_heads", out, shape);
  }

  private String softmax(String scores) {
    return b.node("Softmax", "/attn/softmax", List.of(scores), Map.of("axis", -1));
  }

  private Subject finish(String merged) {
    String flat = reshaped("merge", merged, 2, TOKENS, HEADS * DIM);
    String out = node("MatMul", "proj", flat, b.weights("attn.proj.weight", HEADS * DIM, 7));
    return Subject.of(b.output("y", out, 2, TOKENS, 7));
  }

  private static void assertHeads(Subject subject) {
    assertEquals(List.of("attn.num_heads", "attn.qk_dim", "attn.v_dim"), subject.widths());
    assertEquals(HEADS, subject.space().hparam("attn.num_heads").original().number());
    assertEquals(DIM, subject.space().hparam("attn.qk_dim").original().number());
    assertEquals(DIM, subject.space().hparam("attn.v_dim").original().number());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  /** As many choices as these, which have these names among others. */
  private static void assertWidths(Subject subject, Map<String, Integer> widths) {
    SearchSpace space = subject.space();
    assertEquals(widths.size(), subject.widths().size(), subject.widths().toString());
    widths.forEach(
        (name, units) ->
            assertEquals(units, space.hparam(name).choices().size(), space.hparam(name).layout()));
    Set<String> all =
        space.namedHparams().keySet().stream()
            .filter(name -> name.matches("attn\\.[a-z_]+"))
            .collect(Collectors.toSet());
    assertEquals(widths.keySet(), all);
  }

  private static final long[] BY_WINDOW = {2, WINDOWS, TOKENS / WINDOWS, HEADS, DIM};

  @Test
  void windowsBeforeHeads() {
    String q = turned("q_order", projected("q", BY_WINDOW), 0, 1, 3, 2, 4);
    String k = turned("k_order", projected("k", BY_WINDOW), 0, 1, 3, 4, 2);
    String v = turned("v_order", projected("v", BY_WINDOW), 0, 1, 3, 2, 4);
    String y = node("MatMul", "mix", softmax(node("MatMul", "scores", q, k)), v);
    assertHeads(finish(turned("back", y, 0, 1, 3, 2, 4)));
  }

  @Test
  void windowsBehindHeads() {
    String q = turned("q_order", projected("q", BY_WINDOW), 0, 3, 1, 2, 4);
    String k = turned("k_order", projected("k", BY_WINDOW), 0, 3, 1, 4, 2);
    String v = turned("v_order", projected("v", BY_WINDOW), 0, 3, 1, 2, 4);
    String y = node("MatMul", "mix", softmax(node("MatMul", "scores", q, k)), v);
    assertHeads(finish(turned("back", y, 0, 2, 3, 1, 4)));
  }

  @Test
  void blocksBesideHeadsInTheBatch() {
    long[] merged = {2 * HEADS, WINDOWS, TOKENS / WINDOWS, DIM};
    String q = turned("q_order", projected("q", BY_WINDOW), 0, 3, 1, 2, 4);
    String k = turned("k_order", projected("k", BY_WINDOW), 0, 3, 1, 2, 4);
    String v = turned("v_order", projected("v", BY_WINDOW), 0, 3, 1, 2, 4);
    q = reshaped("q_merged", q, merged);
    k = turned("k_turned", reshaped("k_merged", k, merged), 0, 1, 3, 2);
    v = reshaped("v_merged", v, merged);
    String y = node("MatMul", "mix", softmax(node("MatMul", "scores", q, k)), v);
    String apart = reshaped("apart", y, 2, HEADS, WINDOWS, TOKENS / WINDOWS, DIM);
    assertHeads(finish(turned("back", apart, 0, 2, 3, 1, 4)));
  }

  @Test
  void valuesBeforeScores() {
    long[] shape = {2, TOKENS, HEADS, DIM};
    String q = turned("q_order", projected("q", shape), 0, 2, 1, 3);
    String k = turned("k_order", projected("k", shape), 0, 2, 3, 1);
    String v = turned("v_order", projected("v", shape), 0, 2, 3, 1);
    String weights = softmax(node("MatMul", "scores", q, k));
    String y = node("MatMul", "mix", v, turned("weights", weights, 0, 1, 3, 2));
    assertHeads(finish(turned("back", y, 0, 3, 1, 2)));
  }

  @Test
  void channelsAttendToChannels() {
    long[] shape = {2, TOKENS, HEADS, DIM};
    String q = turned("q_order", projected("q", shape), 0, 2, 3, 1);
    String k = turned("k_order", projected("k", shape), 0, 2, 1, 3);
    String v = turned("v_order", projected("v", shape), 0, 2, 3, 1);
    String y = node("MatMul", "mix", softmax(node("MatMul", "scores", q, k)), v);
    Subject subject = finish(turned("back", y, 0, 3, 1, 2));

    assertWidths(subject, Map.of("attn.num_heads", HEADS, "attn.head_dim", DIM));
    assertNoPositions(subject.space());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void channelsAttendToChannelsByEinsum() {
    long[] shape = {2, TOKENS, HEADS, DIM};
    Map<String, ?> scores = Map.of("equation", "bnhd,bnhe->bhde");
    Map<String, ?> values = Map.of("equation", "bhde,bnhe->bnhd");
    List<String> factors = List.of(projected("q", shape), projected("k", shape));
    String weights = softmax(b.node("Einsum", "/attn/scores", factors, scores));
    Subject subject =
        finish(b.node("Einsum", "/attn/mix", List.of(weights, projected("v", shape)), values));

    assertWidths(subject, Map.of("attn.num_heads", HEADS, "attn.head_dim", DIM));
    assertNoPositions(subject.space());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  /** Without heads, nothing is called so: neither the batch nor the windows. */
  @Test
  void oneHeadOverWindows() {
    long[] shape = {2, WINDOWS, TOKENS / WINDOWS, HEADS * DIM};
    String q = projected("q", shape);
    String k = turned("k_order", projected("k", shape), 0, 1, 3, 2);
    String y =
        node("MatMul", "mix", softmax(node("MatMul", "scores", q, k)), projected("v", shape));
    Subject subject = finish(y);

    assertWidths(subject, Map.of("attn.qk_dim", HEADS * DIM, "attn.v_dim", HEADS * DIM));
    assertNoPositions(subject.space());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  /** No list has a name of attention for what counts places. */
  private static void assertNoPositions(SearchSpace space) {
    for (FrozenAxis axis : space.frozen()) {
      assertNotEquals("attn", axis.layer(), axis.toString());
    }
  }
}
