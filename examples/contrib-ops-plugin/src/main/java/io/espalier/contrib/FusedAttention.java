package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.RuleOption;
import java.util.List;
import java.util.Optional;

/**
 * Attention with its input projection: {@code in_features}, and what it hands on, which is {@code
 * num_heads} times {@code v_dim}. Its projection tells how much each input feature matters.
 */
@AutoService(DynamicModule.class)
public final class FusedAttention implements DynamicModule {
  private static final OpId OPERATOR = OpId.of(Fused.DOMAIN, "Attention");
  private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
  private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");
  private static final RuleOption HEADS_RATIO = RuleOption.ratio("heads_ratio");
  private static final RuleOption HEADS_DIVISOR = RuleOption.divisor("heads_divisor");

  @Override
  public String key() {
    return "ort.Attention";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(RATIO, DIVISOR, HEADS_RATIO, HEADS_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals(OPERATOR.toString()) && node(layer).isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node node = node(layer).orElseThrow();
    hparams.width("in_features", node.input(1).axis(0), RATIO, DIVISOR);
    if (node.outputs().get(0).rank() > 0) {
      List<String> parts = List.of("num_heads", "v_dim");
      hparams.width(
          "out_features", node.outputs().get(0).axis(-1), parts, HEADS_RATIO, HEADS_DIVISOR);
    }
    hparams.consumes(node, 1, 0);
  }

  private static Optional<Node> node(Layer layer) {
    return layer.nodes().stream()
        .filter(node -> node.op().equals(OPERATOR) && node.input(1).rank() == 2)
        .findFirst();
  }
}
