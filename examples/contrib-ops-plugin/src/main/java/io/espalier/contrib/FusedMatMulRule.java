package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A matrix product with a factor, of operands that may lie transposed: a [batch..., M, K] and b
 * [batch..., K, N] give y [batch..., M, N]. With {@code transA} the last two axes of a are swapped;
 * with {@code transBatchA} the first axis stands for M (with both: for K), and the batch follows.
 */
@AutoService(OperatorRule.class)
public final class FusedMatMulRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Fused.operators("FusedMatMul");
  }

  @Override
  public void type(Node node, Typing t) {
    if (node.input(0).rank() < 2 || node.input(1).rank() < 2) {
      t.unsupported("its operands must have two axes or more");
      return;
    }
    List<Axis> a = matrices(node, 0, "transA", "transBatchA");
    List<Axis> b = matrices(node, 1, "transB", "transBatchB");
    Axis inner = a.get(a.size() - 1);
    Fused.contract(node, t, inner, b.get(b.size() - 2));
    List<Axis> y =
        new ArrayList<>(
            t.broadcast(List.of(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2))));
    y.add(a.get(a.size() - 2));
    y.add(b.get(b.size() - 1));
    t.output(0, y);
    List<Axis> macs = new ArrayList<>(y);
    macs.add(inner);
    t.macs(macs.toArray(Axis[]::new));
  }

  /** The axes of an operand as the product sees them: batch, rows, columns. */
  private static List<Axis> matrices(Node node, int input, String swap, String batchBehind) {
    Value operand = node.input(input);
    int rank = operand.rank();
    boolean swapped = node.attributes().number(swap, 0) != 0;
    boolean behind = node.attributes().number(batchBehind, 0) != 0;
    int first = behind ? 0 : rank - 2;
    List<Axis> batch =
        behind ? operand.axes().subList(1, rank - 1) : operand.axes().subList(0, first);
    List<Axis> axes = new ArrayList<>(batch);
    axes.add(operand.axis(swapped ? rank - 1 : first));
    axes.add(operand.axis(swapped ? first : rank - 1));
    return axes;
  }
}
