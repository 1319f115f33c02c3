package io.espalier.modules.layers;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.List;

/**
 * What all convolutions have in common: a kernel, and channels on both sides. With one group, the
 * weight tells how much each input channel matters.
 */
abstract class Convolution implements DynamicModule {
  private final String key;
  private final String operator;
  private final int spatial;
  private final int inputAxis;

  /**
   * A convolution of one kind.
   *
   * @param key its key in a rules file
   * @param operator the ONNX operator
   * @param spatial how many spatial axes it has
   * @param inputAxis the axis of the weight that the input channels lie on
   */
  Convolution(String key, String operator, int spatial, int inputAxis) {
    this.key = key;
    this.operator = operator;
    this.spatial = spatial;
    this.inputAxis = inputAxis;
  }

  @Override
  public final String key() {
    return key;
  }

  @Override
  public final List<RuleOption> options() {
    return List.of(Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR, Options.KERNEL_SIZE);
  }

  @Override
  public final boolean matches(Layer layer) {
    return Nodes.owner(layer, operator)
        .filter(node -> node.input(1).rank() == spatial + 2)
        .isPresent();
  }

  @Override
  public final void describe(Layer layer, Hparams hparams) {
    Node node = Nodes.first(layer, operator).orElseThrow();
    Value x = node.input(0);
    Value w = node.input(1);
    Value y = node.outputs().get(0);
    hparams.crop("kernel_size", w.axes().subList(2, w.rank()), Options.KERNEL_SIZE);
    if (y.rank() > 1) {
      hparams.width("out_channels", y.axis(1), Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
    }
    if (x.rank() > 1) {
      hparams.width("in_channels", x.axis(1), Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
    }
    if (node.attributes().number("group", 1) == 1) {
      hparams.consumes(node, 1, inputAxis);
    }
  }
}
