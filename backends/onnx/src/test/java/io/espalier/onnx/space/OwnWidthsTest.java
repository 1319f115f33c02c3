package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.ExactHparams;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.OnnxModel;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every width of a parameter that meets data is a choice, or frozen with a reason. Each network is
 * proved against its masked reference, with a control.
 */
class OwnWidthsTest {
  private static Set<String> choices(SearchSpace space) {
    return new TreeSet<>(space.configurableHparams().keySet());
  }

  private static String einsum(Tiny t, String equation, String... inputs) {
    return t.op("Einsum", with("equation", equation), inputs);
  }

  /** Attention and its projections as equations, as some frameworks write it. */
  private static OnnxModel einsumTransformer() {
    Tiny t = new Tiny(17);
    String x = t.b.input("tokens", "N", 5, 10);
    String h = t.op("MatMul", x, t.b.weights("stem.weight", 10, 24));
    String q = einsum(t, "bte,ehd->bthd", h, t.b.weights("attn.q.weight", 24, 4, 6));
    String biased = t.op("Add", q, t.b.random("attn.q.bias", 0, 0.3, 4, 6));
    String k = einsum(t, "bte,ehd->bthd", h, t.b.weights("attn.k.weight", 24, 4, 6));
    String v = einsum(t, "bte,ehd->bthd", h, t.b.weights("attn.v.weight", 24, 4, 5));
    String scores = einsum(t, "bthd,bshd->bhts", biased, k);
    String read = einsum(t, "bhts,bshd->bthd", t.op("Softmax", with("axis", -1L), scores), v);
    String out = einsum(t, "...hd,hde->...e", read, t.b.weights("attn.o.weight", 4, 5, 24));
    h = t.op("Add", h, out);
    String up = einsum(t, "bte,ef->btf", h, t.b.weights("up.weight", 24, 40));
    h = t.op("Add", h, einsum(t, "btf,fe->bte", t.op("Tanh", up), t.b.weights("down.w", 40, 24)));
    return t.model(t.op("MatMul", h, t.b.weights("last.weight", 24, 3)), "N", 5, 3);
  }

  @Test
  void aTransformerOfEquations() {
    SearchSpace space = Cuts.prove(einsumTransformer());

    assertEquals(
        Set.of(
            "stem.out_features", "attn.num_heads", "attn.qk_dim", "attn.v_dim", "up.out_features"),
        withoutDepth(space));
    Cuts.assertFree(space, "attn.num_heads");
    assertEquals(
        space.hparam("stem.out_features").group(), space.hparam("attn.q.in_features").group());
    assertFalse(ExactHparams.of(space).contains("up.out_features"));
  }

  private static Set<String> withoutDepth(SearchSpace space) {
    Set<String> choices = choices(space);
    choices.removeIf(name -> name.endsWith("depth"));
    return choices;
  }

  /** A letter that is summed along with a softmax over it may not shrink; nothing else is lost. */
  @Test
  void positionsThatAnEquationSumsOverAreFixed() {
    SearchSpace space = Cuts.space(einsumTransformer());
    assertFalse(choices(space).stream().anyMatch(name -> name.contains("width")), "of tokens");
  }

  @Test
  void expertsThatAllRun() {
    Tiny t = new Tiny(17);
    String x = t.b.input("tokens", "N", 5, 10);
    String h = t.op("Tanh", t.linear("stem", x, 10, 24));
    String up = einsum(t, "bte,xef->btxf", h, t.b.weights("up", 3, 24, 16));
    String gate = t.op("Sigmoid", t.linear("gate", h, 24, 3));
    String weighed = t.op("Mul", t.op("Relu", up), t.op("Unsqueeze", gate, t.ints(-1)));
    String down = einsum(t, "btxf,xfe->bte", weighed, t.b.weights("down", 3, 16, 24));
    SearchSpace space =
        t.proved(t.op("MatMul", down, t.b.weights("last.weight", 24, 3)), "N", 5, 3);

    assertEquals(4, choices(space).size(), () -> choices(space).toString());
  }

  /** Routing sorts the experts: they stay, each may be narrower. */
  @Test
  void expertsThatARouterChooses() {
    Tiny t = new Tiny(17);
    String x = t.b.input("tokens", "N", 5, 10);
    String h = t.op("Tanh", t.linear("stem", x, 10, 24));
    String routes = t.op("Softmax", with("axis", -1L), t.linear("router", h, 24, 3));
    String turned =
        t.op("Unsqueeze", t.op("Transpose", with("perm", list(2, 0, 1)), routes), t.ints(-1));
    String rows = t.op("Unsqueeze", h, t.ints(0));
    String up = t.op("Relu", t.op("MatMul", rows, t.b.weights("up", 3, 1, 24, 16)));
    String down = t.op("MatMul", up, t.b.weights("down", 3, 1, 16, 24));
    String sum = t.op("ReduceSum", with("keepdims", 0L), t.op("Mul", down, turned), t.ints(0));
    SearchSpace space = t.proved(t.op("MatMul", sum, t.b.weights("last", 24, 3)), "N", 5, 3);

    Cuts.assertFrozen(space, "router.out_features", "Softmax");
    assertEquals(3, choices(space).size(), () -> choices(space).toString());
  }

  @Test
  void aTableThatStretchesDataOverAnAxisOfItsOwn() {
    Tiny t = new Tiny(17);
    String x = t.b.input("time", "N", 6);
    String h = t.op("Unsqueeze", t.op("Tanh", t.linear("stem", x, 6, 8)), t.ints(-1));
    String waves = t.op("Sin", t.op("Mul", h, t.b.random("waves.weight", 1, 0.7, 16)));
    String means = t.op("ReduceMean", with("keepdims", 0L, "axes", list(2)), waves);
    SearchSpace space = t.proved(t.linear("last", means, 8, 3), "N", 3);

    assertEquals(Set.of("stem.out_features", "waves.width"), withoutDepth(space));
  }

  /** Rules speak of layer types: what is of none stays as it is, and says so. */
  @Test
  void rulesLeaveWidthsOfNoTypeAlone() {
    Tiny t = new Tiny(17);
    String x = t.b.input("time", "N", 6);
    String h = t.op("Unsqueeze", t.op("Tanh", t.linear("stem", x, 6, 8)), t.ints(-1));
    String waves = t.op("Sin", t.op("Mul", h, t.b.random("waves.weight", 1, 0.7, 16)));
    String means = t.op("ReduceMean", with("keepdims", 0L, "axes", list(2)), waves);
    OnnxModel model = t.model(t.linear("last", means, 8, 3), "N", 3);
    SearchSpace space = Cuts.prove(model, Rules.parse("{\"nn.Linear\": {}}"));

    assertEquals(Set.of("stem.out_features"), withoutDepth(space));
    Cuts.assertFrozen(space, "waves.width", "no layer type");
  }

  @Test
  void aScaleBetweenFixedAxesHasAReason() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 6);
    String scaled = t.op("Mul", x, t.b.random("scale", 1, 0.3, 6));
    SearchSpace space =
        t.proved(t.linear("last", t.op("Tanh", t.linear("first", scaled, 6, 8)), 8, 3), "N", 3);

    assertTrue(
        space.frozen().stream()
            .anyMatch(
                axis ->
                    axis.reason().contains("graph input 'input'") && axis.node().startsWith("Mul")),
        () -> space.frozen().toString());
  }

  @Test
  void theSharedCase() {
    SearchSpace space =
        Cuts.prove(OnnxModel.read(SharedData.path("cases/einsum_projections.onnx")));
    assertEquals(
        Set.of(
            "i.out_features",
            "attention.num_heads",
            "attention.qk_dim",
            "attention.v_dim",
            "m.out_features"),
        withoutDepth(space));
  }
}
