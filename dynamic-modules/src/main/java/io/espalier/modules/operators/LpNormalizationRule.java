package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** Division by the norm along one axis, the last unless {@code axis} says otherwise. */
@AutoService(OperatorRule.class)
public final class LpNormalizationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("LpNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int axis = node.axis("axis", -1, x.rank());
    if (!Axes.inside(axis, x.rank())) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    t.normalised(x.axis(axis), 0);
    t.unmaskable(0);
    t.output(0, x.axes());
  }
}
