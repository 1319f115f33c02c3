package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Linear;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Matrix product: a [batch..., M, K], b [batch..., K, N], y [batch..., M, N]. Batch axes broadcast;
 * an operand of one axis is a vector along K.
 */
@AutoService(OperatorRule.class)
public final class MatMulRule implements OperatorRule {
  /** What the axes of a stack of matrices count. */
  static final String STACK = "num_experts";

  @Override
  public Set<OpId> operators() {
    return Operators.standard("MatMul");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value a = node.input(0);
    Value b = node.input(1);
    if (a.rank() == 0 || b.rank() == 0) {
      t.unsupported("its operands must not be scalars");
      return;
    }
    Contraction.unify(node, t, a.axis(-1), b.axis(b.rank() == 1 ? 0 : -2));
    List<Axis> y = shape(t, a, b);
    t.output(0, y);
    if (b.parameter() && !a.parameter()) {
      batch(b).forEach(axis -> t.role(axis, STACK));
    }
    declareLinear(t, a, b);
    List<Axis> macs = new ArrayList<>(y);
    macs.add(a.axis(-1));
    t.macs(macs.toArray(Axis[]::new));
  }

  /** A matrix of parameters, on either side. */
  private static void declareLinear(Typing t, Value a, Value b) {
    if (a.parameter() == b.parameter()) {
      return;
    }
    if (b.parameter() && b.rank() == 2 && a.rank() > 1) {
      t.linear(Linear.of(0, a.rank() - 1, 1, 0, 1, a.rank() - 1));
    } else if (a.parameter() && a.rank() == 2 && b.rank() > 1) {
      t.linear(Linear.of(1, b.rank() - 2, 0, 1, 0, b.rank() - 2));
    }
  }

  /** The shape of the product of two operands of at least one axis. */
  static List<Axis> shape(Typing t, Value a, Value b) {
    List<Axis> y = new ArrayList<>(t.broadcast(List.of(batch(a), batch(b))));
    if (a.rank() > 1) {
      y.add(a.axis(-2));
    }
    if (b.rank() > 1) {
      y.add(b.axis(-1));
    }
    return y;
  }

  /** The axes of a stack of matrices. */
  static List<Axis> batch(Value operand) {
    return operand.axes().subList(0, Math.max(0, operand.rank() - 2));
  }
}
