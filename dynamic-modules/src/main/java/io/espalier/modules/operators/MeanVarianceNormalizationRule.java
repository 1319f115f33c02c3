package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Subtraction of the mean and division by the deviation over the given axes. Nothing keeps the
 * deviation from zero, so that the masked reference has to leave out of every axis what was cut.
 */
@AutoService(OperatorRule.class)
public final class MeanVarianceNormalizationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("MeanVarianceNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long[] axes = node.attributes().numbers("axes").orElse(new long[] {0, 2, 3});
    for (long given : axes) {
      int axis = (int) (given < 0 ? given + x.rank() : given);
      if (!Axes.inside(axis, x.rank())) {
        t.unsupported("its axis " + given + " is not one of its input");
        return;
      }
    }
    for (Axis axis : x.axes()) {
      t.normalised(axis, 0);
    }
    t.output(0, x.axes());
  }
}
