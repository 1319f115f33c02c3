package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Normalisation of each channel over space: x [N, C, spatial...]; scale and bias [C] lie on the
 * channels.
 */
@AutoService(OperatorRule.class)
public final class InstanceNormalizationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("InstanceNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    if (x.rank() < 2 || node.input(1).rank() != 1 || node.input(2).rank() != 1) {
      t.unsupported("its parameters do not have the shape of its channels");
      return;
    }
    t.unify(x.axis(1), node.input(1).axis(0));
    t.unify(x.axis(1), node.input(2).axis(0));
    for (int i = 2; i < x.rank(); i++) {
      t.normalised(x.axis(i), 0);
    }
    t.output(0, x.axes());
  }
}
