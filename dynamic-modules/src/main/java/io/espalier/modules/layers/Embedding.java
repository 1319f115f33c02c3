package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import java.util.List;

/** A table with a row for each token; its rows are never cut. */
@AutoService(DynamicModule.class)
public final class Embedding implements DynamicModule {
  private static final String OPERATOR = "Gather";

  @Override
  public String key() {
    return "nn.Embedding";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return Nodes.owner(layer, OPERATOR)
        .filter(node -> node.input(0).parameter() && node.input(0).rank() == 2)
        .filter(node -> !node.input(1).parameter() && node.axis("axis", 0, 2) == 0)
        .isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    hparams.width(
        "embedding_dim",
        Nodes.first(layer, OPERATOR).orElseThrow().input(0).axis(1),
        Options.FEATURES_RATIO,
        Options.FEATURE_DIVISOR);
  }
}
