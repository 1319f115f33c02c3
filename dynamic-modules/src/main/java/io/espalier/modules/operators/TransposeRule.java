package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;

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
    if (!Arrays.equals(sorted, LongStream.range(0, rank).toArray())) {
      t.unsupported("its perm " + Arrays.toString(order) + " is no order of " + rank + " axes");
      return;
    }
    t.output(0, Arrays.stream(order).mapToObj(i -> x.axis((int) i)).toList());
  }
}
