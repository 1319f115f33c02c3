package com.acme;

import com.google.auto.service.AutoService;
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

/**
 * A gated linear layer, {@code com.acme:GatedLinear}: x [..., in] and a weight [2 * out, in] give y
 * [..., out], where y = a * sigmoid(b) and a and b are the products of x with the upper and the
 * lower half of the weight.
 */
@AutoService({OperatorRule.class, DynamicModule.class})
public final class GatedLinear implements OperatorRule, DynamicModule {
  private static final OpId OPERATOR = OpId.of("com.acme", "GatedLinear");
  private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
  private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");

  // ---- the operator: how its axes depend on one another

  @Override
  public Set<OpId> operators() {
    return Set.of(OPERATOR);
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value weight = node.input(1);
    if (x.rank() == 0 || weight.rank() != 2 || !weight.parameter()) {
      t.unsupported("its inputs must be data [..., in] and a stored weight [2 * out, in]");
      return;
    }
    Axis rows = weight.axis(0);
    Axis out = t.symbol(rows.extent() / 2);
    t.unify(rows, t.concat(List.of(out, out))); // a unit has a row in either half
    t.unify(weight.axis(1), x.axis(-1));
    t.output(0, withLast(x.axes(), out));
    List<Axis> macs = new ArrayList<>(x.axes());
    macs.add(rows);
    t.macs(macs.toArray(Axis[]::new)); // rows x in, at every position of x
  }

  private static List<Axis> withLast(List<Axis> axes, Axis last) {
    List<Axis> changed = new ArrayList<>(axes);
    changed.set(changed.size() - 1, last);
    return changed;
  }

  // ---- the layer: what its widths are called

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
    return layer.type().equals(OPERATOR.toString()) && node(layer).input(1).rank() == 2;
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Node node = node(layer);
    hparams.width("in_features", node.input(1).axis(1), RATIO, DIVISOR);
    Value y = node.outputs().get(0);
    if (y.rank() > 0) { // else an operator without a rule stands before this one
      hparams.width("out_features", y.axis(-1), RATIO, DIVISOR);
    }
    hparams.consumes(node, 1, 1); // each column of the weight reads one unit of the input
  }

  private static Node node(Layer layer) {
    return layer.nodes().stream().filter(n -> n.op().equals(OPERATOR)).findFirst().orElseThrow();
  }
}
