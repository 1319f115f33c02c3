package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Numbers from a start to a limit. They tell positions, which a smaller axis would number anew:
 * where the limit is the extent of an axis, that axis is frozen.
 */
@AutoService(OperatorRule.class)
public final class RangeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Range");
  }

  @Override
  public void type(Node node, Typing t) {
    Optional<Ints> start = node.input(0).ints();
    Optional<Ints> limit = node.input(1).ints();
    Optional<Ints> delta = node.input(2).ints();
    if (start.isEmpty() || limit.isEmpty() || delta.isEmpty() || delta.get().value(0) == 0) {
      t.unsupported("its bounds are computed from data");
      return;
    }
    long from = start.get().value(0);
    long to = limit.get().value(0);
    long step = delta.get().value(0);
    long count = Math.max(0, Math.floorDiv(to - from + step - Long.signum(step), step));
    String reason = "positions along it are computed with";
    Optional<Axis> counted = limit.get().elements().get(0).axis();
    boolean all = from == 0 && step == 1 && counted.isPresent();
    counted.ifPresent(axis -> t.freeze(axis, reason));
    t.output(0, List.of(all ? counted.get() : Axes.frozen(t, count, reason)));
  }
}
