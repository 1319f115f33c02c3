package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Branches of an If whose condition is stored are part of the network around them. */
class BranchesTest {
  private final Tiny t = new Tiny(17);
  private final String first = t.op("Tanh", t.linear("first", t.b.input("input", "N", 5), 5, 8));

  private static GraphProto network(String name, String read, String last) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, 17, name.length());
    String in = b.random(name + "in.weight", 0, 1, 8, 6);
    String hidden = b.node("MatMul", name + "in", List.of(read, in));
    String out = b.random(name + "out.weight", 0, 1, 6, 4);
    String y = b.node("MatMul", name + "out", List.of(hidden, out));
    b.output("result", b.node(last, name + "last", List.of(y)), "N", 4);
    return b.toProto().getGraph();
  }

  private String choice(String name, String condition, GraphProto yes, GraphProto no) {
    return t.b.node("If", name, List.of(condition), with("then_branch", yes, "else_branch", no));
  }

  private String stored(boolean value) {
    String number = t.number(value ? 1 : 0);
    return t.b.initializer(
        ai.onnx.proto.OnnxMl.TensorProto.newBuilder()
            .setName("condition" + number)
            .setDataType(DataTypes.BOOL)
            .addInt32Data(value ? 1 : 0)
            .build());
  }

  private static List<String> operators(SearchSpace space) {
    return Cuts.export(space).nodes().stream().map(NodeProto::getOpType).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theBranchThatIsTakenIsCut(boolean condition) {
    String y =
        choice(
            "pick",
            stored(condition),
            network("yes", first, "Sigmoid"),
            network("no", first, "Neg"));
    SearchSpace space = t.proved(y, "N", 4);

    String taken = condition ? "yes" : "no";
    assertFree(space, "first.out_features");
    assertFree(space, taken + "in.out_features");
    assertEquals(List.of(), space.uncounted());
    assertTrue(operators(space).contains(condition ? "Sigmoid" : "Neg"));
    assertTrue(!operators(space).contains("If"));
  }

  /** Each call has its own names, and a condition is followed through what hands it on. */
  @Test
  void branchesWithTheSameNamesStandBesideEachOther() {
    String no = t.op("Not", t.op("Identity", stored(true)));
    GraphProto net = network("net", first, "Tanh");
    String a = choice("a", stored(true), net, network("other", first, "Neg"));
    String b = choice("b", no, network("other", first, "Neg"), net);
    SearchSpace space = t.proved(t.op("Sub", a, b), "N", 4);

    assertFree(space, "netin.out_features");
    assertEquals(5 * 8 + 2 * (8 * 6 + 6 * 4), full(space).macs());
  }

  @Test
  void branchesInsideBranches() {
    OnnxGraphBuilder outer = new OnnxGraphBuilder("outer", 17);
    String condition = stored(false);
    String picked =
        outer.node(
            "If",
            "inner",
            List.of(condition),
            with(
                "then_branch", network("far", first, "Neg"),
                "else_branch", network("near", first, "Tanh")));
    outer.output("outerResult", picked, "N", 4);
    GraphProto branch = outer.toProto().getGraph();
    SearchSpace space =
        t.proved(choice("pick", stored(true), branch, network("no", first, "Neg")), "N", 4);

    assertFree(space, "nearin.out_features");
  }

  /** A branch may hand out what it stores. */
  @Test
  void aBranchThatHandsOutWhatItStores() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("same", 17);
    String y = b.node("Neg", "turned", List.of(first));
    String z = b.random("stored", 1, 0.3, 8);
    b.output(y, y, "N", 8).output(z, z, 8);
    GraphProto branch = b.toProto().getGraph();
    List<String> outputs =
        t.b.nodes(
            "If",
            "pick",
            List.of(stored(true)),
            with("then_branch", branch, "else_branch", branch),
            2);
    String sum = t.op("Mul", outputs.get(0), outputs.get(1));
    SearchSpace space = t.proved(t.linear("last", sum, 8, 4), "N", 4);

    assertFree(space, "first.out_features");
  }

  private static SearchSpace full(SearchSpace space) {
    space.sample(choices -> choices.get(choices.size() - 1));
    return space;
  }

  /** Zeros that are made once and written into in two layers do not tie the layers. */
  @Test
  void sharedZerosTieNothing() {
    Tiny net = new Tiny(18);
    String x = net.b.input("input", "N", 5);
    String rows = net.op("Gather", net.op("Shape", x), net.ints(0));
    String zeros = net.op("ConstantOfShape", net.op("Concat", with("axis", 0), net.ints(8), rows));
    String low = net.b.longs("low", new long[] {0, 1, 2, 3}, 4, 1);
    String high = net.b.longs("high", new long[] {4, 5, 6, 7}, 4, 1);
    String y = x;
    for (String layer : List.of("one", "two")) {
      String a = net.op("Transpose", net.linear(layer + ".a", y, 5, 4));
      String b = net.op("Transpose", net.op("Tanh", net.linear(layer + ".b", y, 5, 4)));
      String written = net.op("ScatterND", net.op("ScatterND", zeros, low, a), high, b);
      y = net.linear(layer + ".c", net.op("Transpose", written), 8, 5);
    }
    OnnxModel model = net.model(y, "N", 5);
    SearchSpace space = Cuts.prove(model);

    for (String layer : List.of("one", "two")) {
      assertEquals(
          "[" + layer + ".a.out_features(4) | " + layer + ".b.out_features(4)]",
          space.hparam(layer + ".c.in_features").layout());
    }
    assertEquals(1, model.nodes().stream().filter(BranchesTest::makesZeros).count());
    assertEquals(2, Cuts.export(space).nodes().stream().filter(BranchesTest::makesZeros).count());
  }

  private static boolean makesZeros(NodeProto node) {
    return node.getOpType().equals("ConstantOfShape");
  }
}
