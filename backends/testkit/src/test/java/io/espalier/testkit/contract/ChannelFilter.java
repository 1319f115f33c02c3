package io.espalier.testkit.contract;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
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
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A factor for each channel: x [n, c, h, w] and a weight [c, 1, 1, 1], with an attribute group that
 * is c. This plugin is right; what it says of the attribute can be overridden by a mistake.
 */
class ChannelFilter implements OperatorRule, DynamicModule {
  static final String KEY = "test.ChannelFilter";

  private static final RuleOption RATIO = RuleOption.ratio("channels_ratio");
  private static final RuleOption DIVISOR = RuleOption.divisor("channel_divisor");
  private static final String OPERATOR = "com.acme:ChannelFilter";

  /** Between two convolutions. */
  static OnnxModel model() {
    OnnxGraphBuilder body = new OnnxGraphBuilder("body", 17);
    Map<String, ?> ofCall = Map.of("group", OnnxGraphBuilder.ofCall("group", AttributeType.INT));
    body.output("y", body.node("Conv", "conv", List.of("x", "weight"), ofCall));

    OnnxGraphBuilder b = new OnnxGraphBuilder("filtered", 17).opset("com.acme", 1);
    b.function(OPERATOR, List.of("x", "weight"), body);
    String weight = b.weights("conv1.weight", 12, 3, 1, 1);
    String x = b.node("Conv", "/conv1/Conv", List.of(b.input("image", "N", 3, 4, 4), weight));
    weight = b.random("filter.weight", 1, 0.5, 12, 1, 1, 1);
    x = b.node(OPERATOR, "/filter/ChannelFilter", List.of(x, weight), Map.of("group", 12));
    weight = b.weights("conv2.weight", 5, 12, 1, 1);
    return b.output("output", b.node("Conv", "/conv2/Conv", List.of(x, weight)), "N", 5, 4, 4)
        .build();
  }

  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "ChannelFilter"));
  }

  @Override
  public void type(Node node, Typing t) {
    t.unify(node.input(0).axis(1), node.input(1).axis(0));
    follow(node, node.input(1).axis(0), t);
    t.output(0, node.input(0).axes());
    t.macs(node.input(0).axes().toArray(Axis[]::new));
  }

  void follow(Node node, Axis channels, Typing t) {
    t.attribute("group", -1, t.extentOf(channels));
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
    hparams.width("channels", layer.nodes().get(0).input(1).axis(0), RATIO, DIVISOR);
  }
}
