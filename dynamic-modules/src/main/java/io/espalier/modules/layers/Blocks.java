package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.RuleOption;
import java.util.List;

/**
 * A chain of residual blocks that stands in no container, such as the layers of a transformer, of
 * which the first ones are kept.
 */
@AutoService(DynamicModule.class)
public final class Blocks implements DynamicModule {
  @Override
  public String key() {
    return "blocks";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.MIN_DEPTH);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals("Blocks");
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    hparams.depth("depth", layer.children(), Options.MIN_DEPTH);
  }
}
