package io.espalier.contrib;

import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A layer that is named after a fused operator, with a ratio and a divisor for its widths. */
abstract class FusedLayer implements DynamicModule {
  private final String key;
  private final Set<String> operators;
  private final RuleOption ratio;
  private final RuleOption divisor;
  private final List<RuleOption> more;

  /**
   * A kind of layer.
   *
   * @param key its key in a rules file
   * @param unit what its options count, {@code channel} or {@code feature}
   * @param more options for other things than widths
   * @param operators the operators it may be named after
   */
  FusedLayer(String key, String unit, List<RuleOption> more, String... operators) {
    this.key = key;
    this.more = more;
    this.operators = Set.of(operators);
    this.ratio = RuleOption.ratio(unit + "s_ratio");
    this.divisor = RuleOption.divisor(unit + "_divisor");
  }

  @Override
  public final String key() {
    return key;
  }

  @Override
  public final List<RuleOption> options() {
    List<RuleOption> all = new ArrayList<>(List.of(ratio, divisor));
    all.addAll(more);
    return all;
  }

  @Override
  public final boolean matches(Layer layer) {
    return node(layer).isPresent();
  }

  @Override
  public final void describe(Layer layer, Hparams hparams) {
    describe(node(layer).orElseThrow(), hparams);
  }

  /** Whether a node makes a layer of this kind. */
  abstract boolean matches(Node node);

  /** Names the widths of a node that {@link #matches(Node)}. */
  abstract void describe(Node node, Hparams hparams);

  /** Names one width; a value whose shape is not known has none. */
  final void width(Hparams hparams, String name, Value value, int axis) {
    if (value.rank() > 0) {
      hparams.width(name, value.axis(axis), ratio, divisor);
    }
  }

  private Optional<Node> node(Layer layer) {
    return layer.nodes().stream()
        .filter(node -> node.op().toString().equals(layer.type()))
        .filter(node -> node.op().domain().equals(Fused.DOMAIN))
        .filter(node -> operators.contains(node.op().name()))
        .filter(this::matches)
        .findFirst();
  }
}
