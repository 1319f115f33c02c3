package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Set;

/**
 * x where positive, slope times x elsewhere. The slope is broadcast to x; before operator set 7 a
 * slope of one axis lies on the channels, axis 1.
 */
@AutoService(OperatorRule.class)
public final class PReluRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("PRelu");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value slope = node.input(1);
    if (node.opset() < 7 && slope.rank() == 1 && slope.axis(0).extent() > 1 && x.rank() > 1) {
      t.unify(x.axis(1), slope.axis(0));
    } else {
      t.broadcast(List.of(x.axes(), slope.axes()));
    }
    t.output(0, x.axes());
  }
}
