package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Places;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What runs in a loop is cut like any other part of a network. */
class OpenLoopsTest {
  private static final int OPSET = 17;

  private final Tiny t = new Tiny(OPSET);
  private final String first = t.op("Tanh", t.linear("first", t.b.input("input", "N", 5), 5, 8));

  /** A body that is given a turn and a condition, and hands on the condition. */
  private static OnnxGraphBuilder body(String name, int opset, Object... carried) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, opset, name.length());
    b.typedInput("turn", DataTypes.INT64);
    b.typedInput("go", DataTypes.BOOL);
    b.input("state", carried);
    b.typedOutput("go_on", b.node("Identity", "go_on", List.of("go")), DataTypes.BOOL);
    return b;
  }

  private static String layer(OnnxGraphBuilder b, String name, String x, int in, int out) {
    return b.node("MatMul", name, List.of(x, b.random(name + ".weight", 0, 0.5, in, out)));
  }

  /**
   * A step of a network: what was handed on, and a tensor from around the loop, through a layer.
   */
  private static OnnxGraphBuilder step(int opset, String around) {
    OnnxGraphBuilder b = body("step", opset, "N", 8);
    String hidden = b.node("Tanh", "hidden", List.of(layer(b, "up", "state", 8, 12)));
    String down = layer(b, "down", hidden, 12, 8);
    b.output(
        "next",
        b.node("Tanh", "mixed", List.of(b.node("Add", "add", List.of(down, around)))),
        "N",
        8);
    return b;
  }

  private String loop(GraphProto body, String start) {
    String turns = t.b.longs("turns", new long[] {3});
    return t.op("Loop", with("body", body), turns, "", start);
  }

  private static GraphProto graph(OnnxGraphBuilder b) {
    return b.toProto().getGraph();
  }

  private static NodeProto loopOf(OnnxModel model, String operator) {
    return model.nodes().stream()
        .filter(node -> node.getOpType().equals(operator))
        .findFirst()
        .orElseThrow();
  }

  private static GraphProto bodyOf(NodeProto loop) {
    return loop.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("body"))
        .map(AttributeProto::getG)
        .findFirst()
        .orElseThrow();
  }

  private OnnxModel stepped() {
    String start = t.op("Tanh", t.linear("start", first, 8, 8));
    return t.model(t.linear("last", loop(graph(step(OPSET, first)), start), 8, 3), "N", 3);
  }

  /** What is carried, what it starts from and what is added to it are one width. */
  @Test
  void widthsInsideAndAcross() {
    SearchSpace space = Cuts.prove(stepped());

    assertFree(space, "up.out_features");
    assertFree(space, "start.out_features");
    assertEquals(
        space.hparam("start.out_features").layout(), space.hparam("first.out_features").layout());
    space.sample(Samplers.min());
    NodeProto loop = loopOf(Cuts.export(space), "Loop");
    assertEquals(3, bodyOf(loop).getInputCount());
    assertEquals(2, bodyOf(loop).getOutputCount());
    assertEquals(0, loop.getMetadataPropsCount());
    assertTrue(
        bodyOf(loop).getNodeList().stream().allMatch(node -> node.getMetadataPropsCount() == 0),
        loop.toString());
  }

  /**
   * What is solved anew from data sees one turn alone, so that weights in a loop keep their values.
   */
  @Test
  void weightsInALoopAreNotRepaired() {
    SearchSpace space = Cuts.space(stepped());
    Map<Integer, String> left = Places.of(space.map().orElseThrow()).left();

    assertEquals(
        List.of("it runs many times in a loop"), left.values().stream().distinct().toList());
    assertEquals(2, left.size());
  }

  @Test
  void nothingCutNothingMoved() {
    OnnxModel model = stepped();
    SearchSpace space = Cuts.space(model);
    space.sample(Samplers.max());

    assertEquals(model.fingerprint(), Cuts.export(space).fingerprint());
  }

  /** The verifier looks into bodies: another unit than the one that was kept is seen. */
  @Test
  void aWrongCutInsideIsSeen() {
    OnnxModel model = stepped();
    SearchSpace space = Cuts.space(model);
    space.sample(choices -> choices.get(choices.size() / 2));
    OnnxModel carved = Cuts.export(space);
    Manifest manifest = space.manifest();
    assertTrue(
        manifest.parameters().stream().anyMatch(cut -> cut.initializer().equals("down.weight")));
    Manifest wrong = Cuts.shifted(manifest, "down.weight");
    assertFalse(Verifier.verify(model, carved, wrong).agrees());
  }

  @Test
  void whatAScanGoesThrough() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("body", OPSET, 5);
    b.input("state", 6);
    b.input("element", 8);
    String mixed =
        b.node(
            "Add",
            "mixed",
            List.of(layer(b, "of_state", "state", 6, 6), layer(b, "of_x", "element", 8, 6)));
    String next = b.node("Tanh", "next", List.of(mixed));
    String seen = b.node("Neg", "seen", List.of(next));
    b.output("next_state", next, 6).output("seen", seen, 6);
    String start =
        t.op(
            "Reshape",
            t.op(
                "ReduceMean",
                with("axes", Tiny.list(0), "keepdims", 0L),
                t.linear("start", first, 8, 6)),
            t.ints(-1));
    Map<String, Object> body = with("body", graph(b), "num_scan_inputs", 1);
    List<String> y = t.several("Scan", 2, body, start, first);
    SearchSpace space = t.proved(t.linear("last", t.op("Add", y.get(1), y.get(0)), 6, 3), "N", 3);

    assertFree(space, "first.out_features");
    assertFree(space, "of_state.out_features");
    assertFree(space, "start.out_features");
    space.sample(Samplers.min());
    NodeProto scan = loopOf(Cuts.export(space), "Scan");
    assertEquals(2, scan.getOutputCount());
    assertTrue(
        scan.getAttributeList().stream().anyMatch(a -> a.getName().equals("num_scan_inputs")));
  }

  /** The steps of a loop side by side, and a state that nobody reads behind it. */
  @Test
  void whatALoopPutsTogether() {
    OnnxGraphBuilder b = step(OPSET, first);
    b.output("seen", b.node("Neg", "seen", List.of("hidden_output_0")), "N", 12);
    String turns = t.b.longs("turns", new long[] {3});
    List<String> y = t.several("Loop", 2, with("body", graph(b)), turns, "", t.op("Tanh", first));
    String flat =
        t.op(
            "Reshape",
            t.op("Transpose", with("perm", Tiny.list(1, 0, 2)), y.get(1)),
            t.ints(-1, 36));
    SearchSpace space = t.proved(t.linear("last", flat, 36, 3), "N", 3);

    assertFree(space, "first.out_features");
    assertEquals(3, bodyOf(loopOf(Cuts.export(space), "Loop")).getOutputCount());
  }

  /** A loop in a branch in a loop. */
  @Test
  void loopsInsideBranchesInsideLoops() {
    OnnxGraphBuilder inner = body("inner", OPSET, "N", 8);
    String hidden = inner.node("Tanh", "deep", List.of(layer(inner, "in", "state", 8, 10)));
    inner.output(
        "inner_next",
        inner.node("Tanh", "flat", List.of(layer(inner, "out", hidden, 10, 8))),
        "N",
        8);
    OnnxGraphBuilder yes = new OnnxGraphBuilder("yes", OPSET);
    String count = yes.longs("inner_turns", new long[] {2});
    yes.output(
        "yes_result",
        yes.node(
            "Loop", "inner_loop", List.of(count, "", "outer_state"), with("body", graph(inner))),
        "N",
        8);
    OnnxGraphBuilder no = new OnnxGraphBuilder("no", OPSET);
    no.output("no_result", no.node("Neg", "turned", List.of("outer_state")), "N", 8);
    OnnxGraphBuilder outer = new OnnxGraphBuilder("outer", OPSET, 3);
    outer.typedInput("outer_turn", DataTypes.INT64);
    outer.typedInput("outer_go", DataTypes.BOOL);
    outer.input("outer_state", "N", 8);
    outer.typedOutput(
        "outer_go_on", outer.node("Identity", "outer_go_on", List.of("outer_go")), DataTypes.BOOL);
    String even =
        outer.node(
            "Equal",
            "even",
            List.of(
                outer.node("Mod", "mod", List.of("outer_turn", outer.longs("two", new long[] {2}))),
                outer.longs("zero", new long[] {0})));
    String picked =
        outer.node(
            "If", "pick", List.of(even), with("then_branch", graph(yes), "else_branch", graph(no)));
    outer.output("outer_next", outer.node("Add", "around", List.of(picked, "outer_state")), "N", 8);
    SearchSpace space = t.proved(t.linear("last", loop(graph(outer), first), 8, 3), "N", 3);

    assertFree(space, "in.out_features");
    assertFree(space, "first.out_features");
  }

  /** A loop that carries nothing: it puts together what it reads by name until it says to stop. */
  @Test
  void aLoopThatCarriesNothing() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("body", OPSET, 7);
    String turn = b.typedInput("turn", DataTypes.INT64);
    b.typedInput("go", DataTypes.BOOL);
    String more = b.node("Less", "more", List.of(turn, b.longs("two", new long[] {2})));
    b.typedOutput("go_on", more, DataTypes.BOOL);
    String hidden = b.node("Tanh", "hidden", List.of(layer(b, "up", first, 8, 12)));
    b.output("seen", layer(b, "down", hidden, 12, 8), "N", 8);
    String start = t.op("Greater", t.number(1), t.number(0));
    String y = t.op("Loop", with("body", graph(b)), "", start);
    String mean = t.op("ReduceMean", with("axes", Tiny.list(0), "keepdims", 0), y);
    SearchSpace space = t.proved(t.linear("last", mean, 8, 3), "N", 3);

    assertFree(space, "up.out_features");
  }

  /** What grows from turn to turn keeps its size; what lies inside of a step is free. */
  @Test
  void aStateThatGrows() {
    OnnxGraphBuilder b = body("grow", OPSET, "K", 8);
    String hidden = b.node("Tanh", "hidden", List.of(layer(b, "up", "state", 8, 12)));
    String more = layer(b, "down", hidden, 12, 8);
    b.output("next", b.node("Concat", "both", List.of("state", more), Map.of("axis", 0)), "M", 8);
    SearchSpace space = t.proved(t.linear("last", loop(graph(b), first), 8, 3), "K", 3);

    assertFree(space, "up.out_features");
    assertFrozen(space, "first.out_features", "another size in the next turn");
  }

  @Test
  void aLoopThatStartsFromWhatIsStored() {
    String mean = t.op("ReduceMean", with("axes", Tiny.list(0)), first);
    OnnxGraphBuilder b = step(OPSET, mean);
    String stored = t.parameter(0, 1, 8);
    SearchSpace space = t.proved(t.linear("last", loop(graph(b), stored), 8, 3), 1, 3);

    assertFree(space, "up.out_features");
    assertFrozen(space, "first.out_features", "starts from a stored tensor");
  }

  /** In files of older operator sets a loop stays as it was. */
  @Test
  void olderFiles() {
    Tiny old = new Tiny(13);
    String x = old.op("Tanh", old.linear("first", old.b.input("input", "N", 5), 5, 8));
    String turns = old.b.longs("turns", new long[] {3});
    String y = old.op("Loop", with("body", graph(step(13, x))), turns, "", x);
    SearchSpace space =
        old.proved(old.linear("last", old.op("Tanh", old.linear("next", y, 8, 9)), 9, 3), "N", 3);

    assertFree(space, "next.out_features");
    assertFrozen(space, "first.out_features", "sub-graph");
  }
}
