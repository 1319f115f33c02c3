package io.espalier.modules.layers;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Normalisation of channels, the second axis of data of certain ranks. */
abstract class ChannelNorm implements DynamicModule {
  private final String key;
  private final String type;
  private final String operator;
  private final Set<Integer> ranks;

  ChannelNorm(String key, String type, String operator, Set<Integer> ranks) {
    this.key = key;
    this.type = type;
    this.operator = operator;
    this.ranks = ranks;
  }

  @Override
  public final String key() {
    return key;
  }

  @Override
  public final List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public final boolean matches(Layer layer) {
    return node(layer).isPresent();
  }

  @Override
  public final void describe(Layer layer, Hparams hparams) {
    hparams.width(
        "num_features",
        node(layer).orElseThrow().input(0).axis(1),
        Options.FEATURES_RATIO,
        Options.FEATURE_DIVISOR);
  }

  private Optional<Node> node(Layer layer) {
    return layer.type().equals(type)
        ? Nodes.first(layer, operator).filter(node -> ranks.contains(node.input(0).rank()))
        : Optional.empty();
  }
}
