package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Positions that learned queries bring along: they are no width, and stay unless a rule opens them.
 */
class LearnedQueriesTest {
  private static final int LATENTS = 5;

  private static String heads(Tiny t, String x, long places, long... order) {
    String apart = t.op("Reshape", x, t.ints(-1, places, 2, 4));
    return t.op("Transpose", with("perm", order), apart);
  }

  /** Attention of queries [1 or N, places, 8] to data [N, 6, 8]. */
  private static String attention(Tiny t, String name, String queries, long places, String data) {
    String q = heads(t, t.linear(name + ".q", queries, 8, 8), places, 0, 2, 1, 3);
    String k = heads(t, t.linear(name + ".k", data, 8, 8), 6, 0, 2, 3, 1);
    String v = heads(t, t.linear(name + ".v", data, 8, 8), 6, 0, 2, 1, 3);
    String scores = t.op("Softmax", with("axis", -1L), t.op("MatMul", q, k));
    String mixed = t.op("Transpose", with("perm", list(0, 2, 1, 3)), t.op("MatMul", scores, v));
    return t.linear(name + ".proj", t.op("Reshape", mixed, t.ints(-1, places, 8)), 8, 8);
  }

  /** The mean over all positions, and a linear layer. */
  private static OnnxModel pooled(Tiny t, String x) {
    String mean = t.op("ReduceMean", with("axes", list(1), "keepdims", 0L), t.op("Tanh", x));
    return t.model(t.linear("head", mean, 8, 2), "N", 2);
  }

  /** Two blocks of a decoder whose queries are parameters. */
  private static OnnxModel decoder() {
    Tiny t = new Tiny(17);
    String data = t.b.input("input", "N", 6, 8);
    String latents = t.parameter(0, 1, LATENTS, 8);
    String x = t.op("Add", latents, attention(t, "first", latents, LATENTS, data));
    return pooled(t, t.op("Add", x, attention(t, "second", x, LATENTS, data)));
  }

  private static boolean isPosition(String name) {
    return name.contains("num_queries");
  }

  @Test
  void theyAreListedAndNoChoice() {
    SearchSpace space = Cuts.prove(decoder());

    assertTrue(space.configurableHparams().keySet().stream().noneMatch(n -> isPosition(n)));
    assertTrue(
        space.configurableHparams().keySet().stream().noneMatch(name -> name.endsWith("width")));
    for (String layer : List.of("first", "second")) {
      FrozenAxis frozen =
          space.frozen().stream()
              .filter(axis -> axis.layer().equals(layer) && axis.axis().equals("num_queries"))
              .findFirst()
              .orElseThrow();
      assertTrue(frozen.cause().contains("positions of a sequence"), frozen.cause());
      assertTrue(frozen.remedy().contains("num_queries_ratio"), frozen.remedy());
    }
    assertEquals(1, space.hparam("first.num_queries").choices().size());
  }

  @Test
  void aRuleOpensThem() {
    SearchSpace space =
        Cuts.prove(
            decoder(),
            Rules.parse(
                "{\"nn.Linear\": {}, \"nn.MultiheadAttention\": {\"num_queries_ratio\": null}}"));

    assertEquals(LATENTS, space.hparam("first.num_queries").choices().size());
    assertTrue(
        space.configurableHparams().containsKey("first.num_queries"),
        () -> space.configurableHparams().keySet().toString());
    assertTrue(
        Cuts.reasons(space, "second").stream().noneMatch(why -> why.contains("positions of")));
  }

  @Test
  void rulesThatDoNotSpeakOfThemLeaveThemClosed() {
    SearchSpace space =
        Cuts.prove(decoder(), Rules.parse("{\"nn.Linear\": {}, \"nn.MultiheadAttention\": {}}"));

    assertTrue(space.configurableHparams().keySet().stream().noneMatch(n -> isPosition(n)));
    Cuts.assertFree(space, "first.num_heads");
  }

  /** Tokens that weights mix from others are what that layer computes. */
  @Test
  void whatALayerComputesOfPositionsIsItsWidth() {
    Tiny t = new Tiny(17);
    String data = t.b.input("input", "N", 6, 8);
    String turned = t.op("Transpose", with("perm", list(0, 2, 1)), data);
    String mixed = t.op("Tanh", t.linear("tokens", turned, 6, LATENTS));
    String queries = t.op("Transpose", with("perm", list(0, 2, 1)), mixed);
    SearchSpace space = Cuts.prove(pooled(t, attention(t, "block", queries, LATENTS, data)));

    Cuts.assertFree(space, "tokens.out_features");
    assertTrue(space.namedHparams().keySet().stream().noneMatch(n -> isPosition(n)));
  }
}
