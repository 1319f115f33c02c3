package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Conversion to and from quantised numbers: scale and zero point are one number, or lie on {@code
 * axis}, 1 unless said otherwise.
 */
@AutoService(OperatorRule.class)
public final class QuantizeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("DequantizeLinear", "QuantizeLinear");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    for (int i = 1; i <= 2; i++) {
      Value parameter = node.input(i);
      if (parameter.rank() == 0 || Axes.size(parameter.axes()) == 1) {
        continue;
      }
      int axis = node.axis("axis", 1, x.rank());
      if (parameter.rank() > 1 || !Axes.inside(axis, x.rank())) {
        t.unsupported("it is quantised block by block");
        return;
      }
      t.unify(x.axis(axis), parameter.axis(0));
    }
    t.unmaskable(1);
    t.statistic(2);
    t.output(0, x.axes());
  }
}
