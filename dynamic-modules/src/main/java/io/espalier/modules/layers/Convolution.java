package io.espalier.modules.layers;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Optional;

/**
 * What all convolutions have in common: a kernel, and channels on both sides. With one group, the
 * weight tells how much each input channel matters; with several, a width inside the groups lies on
 * the second axis of the weight.
 */
abstract class Convolution implements DynamicModule {
  private static final String QUANTISED = "QLinearConv";

  /** The operators of convolutions that are not transposed. */
  static final List<String> PLAIN = List.of("Conv", "ConvInteger", QUANTISED, "DeformConv");

  private final String key;
  private final List<String> operators;
  private final int spatial;
  private final int inputAxis;

  /**
   * A convolution of one kind.
   *
   * @param key its key in a rules file
   * @param operators the ONNX operators
   * @param spatial how many spatial axes it has
   * @param inputAxis the axis of the weight that the input channels lie on
   */
  Convolution(String key, List<String> operators, int spatial, int inputAxis) {
    this.key = key;
    this.operators = List.copyOf(operators);
    this.spatial = spatial;
    this.inputAxis = inputAxis;
  }

  @Override
  public final String key() {
    return key;
  }

  @Override
  public final List<RuleOption> options() {
    return List.of(
        Options.CHANNELS_RATIO,
        Options.CHANNEL_DIVISOR,
        Options.GROUP_WIDTH_RATIO,
        Options.KERNEL_SIZE);
  }

  @Override
  public final boolean matches(Layer layer) {
    return owner(layer).filter(node -> weight(node).rank() == spatial + 2).isPresent();
  }

  private Optional<Node> owner(Layer layer) {
    return operators.stream()
        .flatMap(operator -> Nodes.owner(layer, operator).stream())
        .findFirst();
  }

  private static int place(Node node) {
    return node.op().name().equals(QUANTISED) ? 3 : 1;
  }

  private static Value weight(Node node) {
    return node.input(place(node));
  }

  @Override
  public final void describe(Layer layer, Hparams hparams) {
    Node node = owner(layer).orElseThrow();
    Value x = node.input(0);
    Value w = weight(node);
    Value y = node.outputs().get(0);
    hparams.crop("kernel_size", w.axes().subList(2, w.rank()), Options.KERNEL_SIZE);
    if (y.rank() > 1) {
      hparams.width("out_channels", y.axis(1), Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
    }
    if (x.rank() > 1) {
      hparams.width("in_channels", x.axis(1), Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
    }
    if (node.attributes().number("group", 1) == 1) {
      hparams.consumes(node, place(node), inputAxis);
    } else {
      hparams.groups(node, Options.GROUP_WIDTH_RATIO);
      if (w.axis(1).extent() > 1) {
        hparams.width("group_width", w.axis(1), Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
      }
    }
  }
}
