package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Softmax and its kin: the axis they run over is frozen. Before operator set 13 they run over every
 * axis from {@code axis} on, which is 1 unless said otherwise.
 */
@AutoService(OperatorRule.class)
public final class SoftmaxRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Hardmax", "LogSoftmax", "Softmax");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    boolean one = node.opset() >= 13;
    int axis = node.axis("axis", one ? -1 : 1, x.rank());
    String reason = node.op().name() + " runs over it";
    if (axis < 0 || axis > x.rank() - (one ? 1 : 0)) {
      t.unsupported("its axis " + axis + " is not one of its input");
    } else if (one) {
      t.freeze(x.axis(axis), reason);
      t.output(0, x.axes());
    } else {
      Axes.freezeFrom(axis, x.axes(), t, reason);
      t.output(0, x.axes());
    }
  }
}
