package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** One number for each square matrix: rows and columns are frozen, and gone behind it. */
@AutoService(OperatorRule.class)
public final class DetRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Det");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    if (x.rank() < 2) {
      t.unsupported("its input must have two axes");
      return;
    }
    Axes.freezeFrom(x.rank() - 2, x.axes(), t, "a determinant is taken of it");
    t.output(0, x.axes().subList(0, x.rank() - 2));
  }
}
