package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Linear;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Set;

/**
 * General matrix product: A [M, K] (transA: [K, M]), B [K, N] (transB: [N, K]), C broadcast to [M,
 * N], y [M, N].
 */
@AutoService(OperatorRule.class)
public final class GemmRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Gemm");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value c = node.input(2);
    if (a.rank() != 2 || b.rank() != 2 || c.rank() > 2) {
      t.unsupported("its operands must be matrices");
      return;
    }
    int inner = node.attributes().number("transA", 0) != 0 ? 0 : 1;
    int outer = node.attributes().number("transB", 0) != 0 ? 1 : 0;
    Contraction.unify(node, t, a.axis(inner), b.axis(outer));
    Axis m = a.axis(1 - inner);
    Axis n = b.axis(1 - outer);
    if (c.present()) {
      t.broadcast(List.of(List.of(m, n), c.axes()));
    }
    t.output(0, List.of(m, n));
    declareLinear(node, t, inner, outer);
    t.macs(m, n, a.axis(inner));
  }

  /** Scaled products are left alone: the weight would not be what multiplies the data. */
  private static void declareLinear(Node node, Typing t, int inner, int outer) {
    Value c = node.input(2);
    boolean plain =
        node.attributes().real("alpha", 1) == 1
            && (!c.present() || node.attributes().real("beta", 1) == 1);
    if (plain) {
      boolean bias = c.present() && c.parameter() && c.rank() == 1 && c.axis(0).extent() > 1;
      t.linear(Linear.of(0, inner, 1, outer, 1 - outer, 1).withBias(bias ? 2 : -1));
    }
  }
}
