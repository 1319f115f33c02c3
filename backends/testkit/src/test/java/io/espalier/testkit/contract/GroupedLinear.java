package io.espalier.testkit.contract;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Typing;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Linear layers side by side: x [n, groups * in] and a weight [groups, in, out] give y [n, groups *
 * out]. Every width of the layer is made of two, and two of these three are named after the layer
 * before.
 */
class GroupedLinear implements OperatorRule, DynamicModule {
  static final String KEY = "test.GroupedLinear";

  private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
  private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");
  private static final String OPERATOR = "com.acme:GroupedLinear";

  /** Between two linear layers. */
  static OnnxModel model() {
    OnnxGraphBuilder body = new OnnxGraphBuilder("body", 17);
    String shape = body.node("Shape", "shape", List.of("weight"), Map.of("start", 0, "end", 2));
    String rows = body.constant("rows", new long[] {-1}, 1);
    String grouped = body.node("Concat", "grouped", List.of(rows, shape), Map.of("axis", 0));
    Map<String, long[]> swap = Map.of("perm", new long[] {1, 0, 2});
    String x = body.node("Reshape", "apart", List.of("x", grouped));
    x = body.node("Transpose", "first", List.of(x), swap);
    x = body.node("MatMul", "product", List.of(x, "weight"));
    x = body.node("Transpose", "back", List.of(x), swap);
    body.output("y", body.node("Flatten", "together", List.of(x), Map.of("axis", 1)));

    OnnxGraphBuilder b = new OnnxGraphBuilder("grouped", 17).opset("com.acme", 1);
    b.function(OPERATOR, List.of("x", "weight"), body);
    String input = b.input("input", "N", 6);
    x = b.node("MatMul", "/fc1/MatMul", List.of(input, b.weights("fc1.weight", 6, 16)));
    String weight = b.weights("group.weight", 4, 4, 3);
    x = b.node(OPERATOR, "/group/GroupedLinear", List.of(x, weight));
    x = b.node("MatMul", "/fc2/MatMul", List.of(x, b.weights("fc2.weight", 12, 5)));
    return b.output("output", x, "N", 5).build();
  }

  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "GroupedLinear"));
  }

  @Override
  public void type(Node node, Typing t) {
    var weight = node.input(1);
    t.unify(node.input(0).axis(1), t.product(List.of(weight.axis(0), weight.axis(1))));
    t.output(0, List.of(node.input(0).axis(0), t.product(List.of(weight.axis(0), weight.axis(2)))));
    t.macs(node.input(0).axis(0), weight.axis(0), weight.axis(1), weight.axis(2));
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public List<RuleOption> options() {
    return List.of(RATIO, DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals(OPERATOR);
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node node = layer.nodes().get(0);
    if (node.input(0).rank() > 0) {
      hparams.width("in_features", node.input(0).axis(1), RATIO, DIVISOR);
    }
    if (node.outputs().get(0).rank() > 0) {
      hparams.width("out_features", node.outputs().get(0).axis(1), RATIO, DIVISOR);
    }
  }
}
