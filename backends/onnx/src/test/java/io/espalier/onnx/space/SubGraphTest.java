package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.with;

import ai.onnx.proto.OnnxMl.GraphProto;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What crosses the border of a sub-graph, by an input or by its name. */
class SubGraphTest {
  private final Tiny t = new Tiny(17);
  private final String first = t.op("Relu", t.linear("first", t.b.input("input", "N", 5), 5, 6));
  private final String second = t.op("Tanh", t.linear("second", first, 6, 8));
  private final String beside = t.op("Tanh", t.linear("beside", first, 6, 8));

  private static OnnxGraphBuilder body() {
    return new OnnxGraphBuilder("body", 17);
  }

  private static GraphProto branch(String operator, String captured, Object... dims) {
    OnnxGraphBuilder b = body();
    b.output("result", b.node(operator, operator, List.of(captured)), dims);
    return b.toProto().getGraph();
  }

  private String chosen(Object... dims) {
    String condition = t.op("Greater", t.number(1), t.number(0));
    Map<String, Object> branches =
        with(
            "then_branch",
            branch("Tanh", second, dims),
            "else_branch",
            branch("Neg", second, dims));
    return t.op("If", branches, condition);
  }

  private SearchSpace around(String crossed) {
    String both = t.op("Concat", with("axis", 1), crossed, beside);
    return t.proved(t.linear("last", t.op("Relu", t.linear("third", both, 16, 7)), 7, 3), "N", 3);
  }

  private static void assertFrozenInTheMiddle(SearchSpace space, String reason) {
    assertFrozen(space, "second.out_features", reason);
    assertFree(space, "first.out_features");
    assertFree(space, "beside.out_features");
    assertFree(space, "third.out_features");
  }

  @Test
  void whatBranchesReadByName() {
    assertFree(around(chosen("N", 8)), "second.out_features");
  }

  /** What a branch says of its outputs does not count. */
  @Test
  void whatComesOfBranchesThatDoNotDeclareIt() {
    assertFree(around(chosen("somewhere", 8)), "second.out_features");
  }

  private GraphProto loopBody() {
    OnnxGraphBuilder b = body();
    b.typedInput("turn", DataTypes.INT64);
    b.typedInput("go", DataTypes.BOOL);
    b.input("carried", "N", 8);
    b.typedOutput("go_on", b.node("Identity", "go_on", List.of("go")), DataTypes.BOOL);
    String sum = b.node("Add", "sum", List.of("carried", second));
    b.output("sum", b.node("Tanh", "bounded", List.of(sum)), "N", 8);
    return b.toProto().getGraph();
  }

  @Test
  void whatALoopCarriesAndReadsByName() {
    String start = t.op("Tanh", t.linear("start", first, 6, 8));
    String turns = t.b.longs("turns", new long[] {3});
    String go = t.op("Greater", t.number(1), t.number(0));
    SearchSpace space = around(t.op("Loop", with("body", loopBody()), turns, go, start));
    assertFree(space, "second.out_features");
    assertFree(space, "start.out_features");
    assertFree(space, "third.out_features");
  }

  private static GraphProto scanBody() {
    OnnxGraphBuilder b = body();
    b.input("state", 8);
    b.input("element", 8);
    String sum = b.node("Tanh", "sum", List.of(b.node("Add", "add", List.of("state", "element"))));
    b.output("sum", sum, 8);
    b.output("seen", b.node("Neg", "seen", List.of("sum")), 8);
    return b.toProto().getGraph();
  }

  @Test
  void whatAScanGoesThrough() {
    String state = t.parameter(0, 8);
    Map<String, Object> body = with("body", scanBody(), "num_scan_inputs", 1);
    List<String> y = t.several("Scan", 2, body, state, second);
    t.b.valueInfo(y.get(1), "N", 8);
    String both = t.op("Add", y.get(1), y.get(0));
    assertFrozenInTheMiddle(around(both), "starts from a stored tensor");
  }
}
