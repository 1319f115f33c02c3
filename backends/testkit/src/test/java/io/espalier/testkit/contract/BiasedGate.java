package io.espalier.testkit.contract;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.Axis;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A gated linear layer with a bias: x [.., in], a weight [2 * out, in] and a bias [2 * out] give y
 * [.., out]. This plugin is right; each part of it can be overridden by a mistake.
 */
class BiasedGate implements OperatorRule, DynamicModule {
  static final String KEY = "test.BiasedGate";
  static final RuleOption RATIO = RuleOption.ratio("features_ratio");
  static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");

  private static final String OPERATOR = "com.acme:BiasedGate";

  /** Between two linear layers. */
  static OnnxModel model() {
    OnnxGraphBuilder body = new OnnxGraphBuilder("body", 17);
    String columns = body.node("Transpose", "columns", List.of("weight"));
    String product = body.node("MatMul", "product", List.of("x", columns));
    String sum = body.node("Add", "sum", List.of(product, "bias"));
    List<String> halves = body.nodes("Split", "halves", List.of(sum), Map.of("axis", -1), 2);
    String gate = body.node("Sigmoid", "gate", List.of(halves.get(1)));
    body.output("y", body.node("Mul", "gated", List.of(halves.get(0), gate)));

    OnnxGraphBuilder b = new OnnxGraphBuilder("gated", 17).opset("com.acme", 1);
    b.function(OPERATOR, List.of("x", "weight", "bias"), body);
    String x = linear(b, "fc1", b.input("input", "N", 8), 8, 16);
    String weight = b.weights("gate.weight", 2 * 12, 16);
    String bias = b.random("gate.bias", 0, 1, 2 * 12);
    x = b.node(OPERATOR, "/gate/BiasedGate", List.of(x, weight, bias));
    return b.output("output", linear(b, "fc2", x, 12, 5), "N", 5).build();
  }

  private static String linear(OnnxGraphBuilder b, String name, String x, int in, int out) {
    String weight = b.weights(name + ".weight", out, in);
    return b.node("Gemm", "/" + name + "/Gemm", List.of(x, weight), Map.of("transB", 1));
  }

  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "BiasedGate"));
  }

  @Override
  public void type(Node node, Typing t) {
    Axis out = t.symbol(node.input(1).axis(0).extent() / 2);
    tieRows(node, out, t);
    tieBias(node, out, t);
    tieColumns(node, t);
    List<Axis> axes = new ArrayList<>(node.input(0).axes());
    axes.set(axes.size() - 1, out);
    t.output(0, axes);
    t.macs(node.input(0).axis(0), node.input(1).axis(0), node.input(1).axis(1));
  }

  void tieColumns(Node node, Typing t) {
    t.unify(node.input(1).axis(1), node.input(0).axis(-1));
  }

  void tieRows(Node node, Axis out, Typing t) {
    t.unify(node.input(1).axis(0), t.concat(List.of(out, out)));
  }

  void tieBias(Node node, Axis out, Typing t) {
    t.unify(node.input(2).axis(0), t.concat(List.of(out, out)));
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
    hparams.width("in_features", node.input(1).axis(1), RATIO, DIVISOR);
    if (node.outputs().get(0).rank() > 0) {
      hparams.width("out_features", node.outputs().get(0).axis(-1), RATIO, DIVISOR);
    }
    hparams.consumes(node, 1, 1);
  }
}
