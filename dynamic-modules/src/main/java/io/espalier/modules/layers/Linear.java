package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Optional;

/**
 * A linear layer: a product with a matrix of parameters, on either side and stored either way. Its
 * weight tells how much each input feature matters.
 */
@AutoService(DynamicModule.class)
public final class Linear implements DynamicModule {
  /** A weight: which input of which node, and the axis of it that the sum runs over. */
  private record Weight(Node node, int input, int inner) {
    Value value() {
      return node.input(input);
    }
  }

  @Override
  public String key() {
    return "nn.Linear";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return weight(layer).isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Weight weight = weight(layer).orElseThrow();
    width(hparams, "in_features", weight, weight.inner());
    width(hparams, "out_features", weight, 1 - weight.inner());
    hparams.consumes(weight.node(), weight.input(), weight.inner());
  }

  private static void width(Hparams hparams, String name, Weight weight, int axis) {
    hparams.width(name, weight.value().axis(axis), Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  private static Optional<Weight> weight(Layer layer) {
    return Nodes.owner(layer, "Gemm")
        .or(() -> Nodes.owner(layer, "MatMul"))
        .map(Linear::weight)
        .filter(weight -> weight.value().parameter() && weight.value().rank() == 2);
  }

  private static Weight weight(Node node) {
    boolean right = node.input(1).parameter();
    boolean transposed = node.attributes().number(right ? "transB" : "transA", 0) != 0;
    return new Weight(node, right ? 1 : 0, right == transposed ? 1 : 0);
  }
}
