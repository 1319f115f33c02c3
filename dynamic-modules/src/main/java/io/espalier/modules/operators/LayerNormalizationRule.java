package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Normalisation over the axes from {@code axis} on; scale and bias lie on them. The means and
 * deviations that it may return have extent 1 there.
 */
@AutoService(OperatorRule.class)
public final class LayerNormalizationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard(
        "LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int axis = node.axis("axis", -1, x.rank());
    if (!Axes.inside(axis, x.rank())) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    t.broadcast(List.of(x.axes(), node.input(1).axes(), node.input(2).axes()));
    List<Axis> statistics = new ArrayList<>(x.axes());
    for (int i = axis; i < x.rank(); i++) {
      t.normalised(x.axis(i), 0);
      statistics.set(i, t.fixed(1));
    }
    Axes.outputs(node, t, statistics);
    t.output(0, x.axes());
  }
}
