package com.acme;

import io.espalier.spi.Axis;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A linear layer whose weight [2 * out, in] stacks two halves, of which one gates the other. */
public final class GatedLinear implements OperatorRule, DynamicModule {
  private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
  private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");

  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "GatedLinear"));
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    Axis out = t.symbol(w.axis(0).extent() / 2);
    t.unify(w.axis(0), t.concat(List.of(out, out)));
    t.unify(w.axis(1), x.axis(-1));
    List<Axis> axes = new ArrayList<>(x.axes());
    axes.set(axes.size() - 1, out);
    t.output(0, axes);
    t.macs(w.axis(0), w.axis(1));
  }

  @Override
  public String key() {
    return "acme.GatedLinear";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(RATIO, DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return layer.type().equals("com.acme:GatedLinear");
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node node = layer.nodes().get(0);
    hparams.width("in_features", node.input(0).axis(-1), RATIO, DIVISOR);
    hparams.width("out_features", node.outputs().get(0).axis(-1), RATIO, DIVISOR);
    hparams.consumes(node, 1, 1);
  }
}
