package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Node;
import java.util.List;

/** A linear layer: a fused product with a stored matrix. */
@AutoService(DynamicModule.class)
public final class FusedLinear extends FusedLayer {
  public FusedLinear() {
    super("ort.FusedLinear", "feature", List.of(), "FusedMatMul", "FusedGemm");
  }

  @Override
  boolean matches(Node node) {
    return node.input(1).parameter() && node.input(1).rank() == 2;
  }

  @Override
  void describe(Node node, Hparams hparams) {
    int inner = node.attributes().number("transB", 0) != 0 ? 1 : 0;
    width(hparams, "in_features", node.input(1), inner);
    width(hparams, "out_features", node.input(1), 1 - inner);
    hparams.consumes(node, 1, inner);
  }
}
