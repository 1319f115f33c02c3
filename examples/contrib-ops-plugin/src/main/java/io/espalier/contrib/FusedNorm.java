package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Node;
import java.util.List;

/** A normalisation of a residual sum, or of a sum of embeddings. */
@AutoService(DynamicModule.class)
public final class FusedNorm extends FusedLayer {
  public FusedNorm() {
    super(
        "ort.FusedNorm",
        "feature",
        List.of(),
        "SkipLayerNormalization",
        "SkipSimplifiedLayerNormalization",
        "EmbedLayerNormalization");
  }

  @Override
  boolean matches(Node node) {
    return true;
  }

  @Override
  void describe(Node node, Hparams hparams) {
    width(hparams, "num_features", node.outputs().get(0), -1);
  }
}
