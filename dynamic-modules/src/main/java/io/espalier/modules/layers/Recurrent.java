package io.espalier.modules.layers;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import java.util.List;

/**
 * A recurrent layer: W [directions, gates * hidden, input], R [directions, gates * hidden, hidden].
 * The hidden width is that of every gate and of both directions.
 */
abstract class Recurrent implements DynamicModule {
  private final String key;
  private final String operator;

  Recurrent(String key, String operator) {
    this.key = key;
    this.operator = operator;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return Nodes.owner(layer, operator)
        .filter(node -> node.input(1).rank() == 3 && node.input(2).rank() == 3)
        .isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node node = Nodes.first(layer, operator).orElseThrow();
    hparams.width(
        "input_size", node.input(1).axis(2), Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
    hparams.width(
        "hidden_size", node.input(2).axis(2), Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }
}
