package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import java.util.List;

/** Normalisation of groups of channels. */
@AutoService(DynamicModule.class)
public final class GroupNorm implements DynamicModule {
  private static final String OPERATOR = "GroupNormalization";

  @Override
  public String key() {
    return "nn.GroupNorm";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.CHANNELS_RATIO, Options.CHANNEL_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return Nodes.owner(layer, OPERATOR).filter(node -> node.input(0).rank() > 1).isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    hparams.width(
        "num_channels",
        Nodes.first(layer, OPERATOR).orElseThrow().input(0).axis(1),
        Options.CHANNELS_RATIO,
        Options.CHANNEL_DIVISOR);
  }
}
