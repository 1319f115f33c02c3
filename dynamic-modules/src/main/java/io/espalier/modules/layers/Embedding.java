package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.List;

/**
 * A table with a row for each token. Rows that ids pick stay unless they are opened: that one goes
 * is seen by every text that has it.
 */
@AutoService(DynamicModule.class)
public final class Embedding implements DynamicModule {
  private static final String OPERATOR = "Gather";
  private static final RuleOption ROWS_RATIO = RuleOption.openingRatio("num_embeddings_ratio");
  private static final RuleOption ROWS_DIVISOR = RuleOption.divisor("num_embeddings_divisor");

  @Override
  public String key() {
    return "nn.Embedding";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR, ROWS_RATIO, ROWS_DIVISOR);
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
    Value table = Nodes.first(layer, OPERATOR).orElseThrow().input(0);
    hparams.rows("num_embeddings", table.axis(0), ROWS_RATIO, ROWS_DIVISOR);
    hparams.width("embedding_dim", table.axis(1), Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }
}
