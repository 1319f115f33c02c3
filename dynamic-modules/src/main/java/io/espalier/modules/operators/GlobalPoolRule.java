package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Pools over all of space: x [N, C, spatial...], y [N, C, 1...]. */
@AutoService(OperatorRule.class)
public final class GlobalPoolRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> y = new ArrayList<>(node.input(0).axes());
    if (y.size() < 2) {
      t.unsupported("its input must have a batch and a channel axis");
      return;
    }
    Axes.freezeFrom(2, y, t, "a pool takes all of it");
    for (int i = 2; i < y.size(); i++) {
      y.set(i, t.fixed(1));
    }
    t.output(0, y);
  }
}
