package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Normalisation over features: one operator, or the mean, difference, square, root and quotient
 * that exporters make of it for older operator sets, and the scale that follows them.
 */
@AutoService(DynamicModule.class)
public final class LayerNorm implements DynamicModule {
  private static final String OPERATOR = "LayerNormalization";
  private static final Set<OpId> PARTS =
      Set.of(OpId.of("ReduceMean"), OpId.of("Sub"), OpId.of("Sqrt"), OpId.of("Div"));

  @Override
  public String key() {
    return "nn.LayerNorm";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return features(layer).isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    hparams.width(
        "num_features",
        features(layer).orElseThrow(),
        Options.FEATURES_RATIO,
        Options.FEATURE_DIVISOR);
  }

  /** The innermost axis of the scale. */
  private static Optional<Axis> features(Layer layer) {
    if (layer.type().equals(OPERATOR)) {
      return Nodes.first(layer, OPERATOR)
          .map(node -> node.input(1))
          .filter(scale -> scale.rank() > 0)
          .map(scale -> scale.axis(-1));
    }
    Set<OpId> operators = layer.nodes().stream().map(Node::op).collect(Collectors.toSet());
    if (!layer.type().equals("Mul") || !operators.containsAll(PARTS)) {
      return Optional.empty();
    }
    return layer.nodes().stream()
        .filter(node -> node.op().equals(OpId.of("Mul")))
        .flatMap(node -> node.inputs().stream())
        .filter(Value::parameter)
        .filter(scale -> scale.rank() == 1)
        .map(scale -> scale.axis(0))
        .findFirst();
  }
}
