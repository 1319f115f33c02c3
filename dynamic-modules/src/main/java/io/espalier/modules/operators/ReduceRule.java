package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reductions: the given axes go, or keep one element each; all of them unless axes are given. What
 * is reduced may still shrink, and the reduction is one over what is kept.
 */
@AutoService(OperatorRule.class)
public final class ReduceRule implements OperatorRule {
  private static final OpId LOG_SUM = OpId.of("ReduceLogSum");

  @Override
  public Set<OpId> operators() {
    return Operators.standard(
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> given = node.ints("axes", 1);
    if (given.isEmpty() && node.input(1).present()) {
      t.unsupported(Reasons.fromData("its axes are"));
      return;
    }
    boolean none = given.isEmpty() || given.get().size() == 0;
    if (none && node.attributes().number("noop_with_empty_axes", 0) != 0) {
      t.output(0, x.axes());
      return;
    }
    boolean[] reduced = new boolean[x.rank()];
    Arrays.fill(reduced, none);
    for (long axis : given.map(Ints::values).orElse(new long[0])) {
      int index = (int) (axis < 0 ? axis + x.rank() : axis);
      if (!Axes.inside(index, x.rank())) {
        t.unsupported("its axis " + axis + " is not one of its input");
        return;
      }
      reduced[index] = true;
    }
    boolean keep = node.attributes().number("keepdims", 1) != 0;
    List<Axis> y = new ArrayList<>();
    for (int i = 0; i < reduced.length; i++) {
      if (!reduced[i]) {
        y.add(x.axis(i));
        continue;
      }
      t.normalised(x.axis(i), 0);
      if (keep) {
        y.add(t.fixed(1));
      }
    }
    if (node.op().equals(LOG_SUM)) {
      t.unmaskable(0);
    }
    t.output(0, y);
  }
}
