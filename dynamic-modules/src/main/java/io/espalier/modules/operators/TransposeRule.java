package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The axes in another order, reversed unless {@code perm} is given. */
@AutoService(OperatorRule.class)
public final class TransposeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Transpose");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int rank = x.rank();
    long[] reversed = new long[rank];
    Arrays.setAll(reversed, i -> rank - 1 - i);
    long[] order = node.attributes().numbers("perm").orElse(reversed);
    long[] sorted = order.clone();
    Arrays.sort(sorted);
    List<Axis> y = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      if (order.length != rank || sorted[i] != i) {
        t.unsupported("its perm " + Arrays.toString(order) + " is no order of " + rank + " axes");
        return;
      }
      y.add(x.axis((int) order[i]));
    }
    t.output(0, y);
  }
}
