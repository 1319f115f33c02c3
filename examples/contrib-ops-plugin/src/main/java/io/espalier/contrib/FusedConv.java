package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import java.util.List;

/** A convolution with its activation. */
@AutoService(DynamicModule.class)
public final class FusedConv extends FusedLayer {
  private static final RuleOption KERNEL_SIZE = RuleOption.sizes("kernel_size");

  public FusedConv() {
    super("ort.FusedConv", "channel", List.of(KERNEL_SIZE), "FusedConv");
  }

  @Override
  boolean matches(Node node) {
    return node.input(1).rank() > 2;
  }

  @Override
  void describe(Node node, Hparams hparams) {
    hparams.crop("kernel_size", node.input(1).axes().subList(2, node.input(1).rank()), KERNEL_SIZE);
    width(hparams, "out_channels", node.outputs().get(0), 1);
    width(hparams, "in_channels", node.input(0), 1);
    if (node.attributes().number("group", 1) == 1) {
      hparams.consumes(node, 1, 1);
    }
  }
}
