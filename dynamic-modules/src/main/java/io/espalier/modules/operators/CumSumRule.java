package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Optional;
import java.util.Set;

/** Running sums along an axis, which is frozen. */
@AutoService(OperatorRule.class)
public final class CumSumRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("CumProd", "CumSum");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> given = node.input(1).ints();
    if (given.isEmpty() || given.get().size() != 1) {
      t.unsupported("its axis is not one number, or computed from data");
      return;
    }
    long value = given.get().value(0);
    int axis = (int) (value < 0 ? value + x.rank() : value);
    if (!Axes.inside(axis, x.rank())) {
      t.unsupported("its axis " + value + " is not one of its input");
      return;
    }
    t.freeze(x.axis(axis), node.op().name() + " runs along it");
    t.output(0, x.axes());
  }
}
