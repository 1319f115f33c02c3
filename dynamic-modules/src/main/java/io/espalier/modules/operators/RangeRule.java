package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Numbers from a start to a limit in equal steps. They tell positions, which a smaller axis would
 * number anew: where a bound is the extent of an axis, that axis is frozen.
 */
@AutoService(OperatorRule.class)
public final class RangeRule implements OperatorRule {
  private static final String REASON = "positions along it are computed with";

  @Override
  public Set<OpId> operators() {
    return Operators.standard("Range");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      bound(node.input(i), t).ifPresent(bounds::add);
    }
    if (bounds.size() < 3) {
      t.unsupported(Reasons.fromData("its bounds are"));
      return;
    }
    double count = Math.ceil((bounds.get(1) - bounds.get(0)) / bounds.get(2));
    if (!(count >= 1 && count < Integer.MAX_VALUE)) {
      t.unsupported("it holds no number");
      return;
    }
    Optional<Axis> counted = node.input(1).ints().flatMap(limit -> limit.elements().get(0).axis());
    t.output(
        0,
        List.of(
            counted
                .filter(axis -> axis.extent() == (long) count)
                .orElseGet(() -> Axes.frozen(t, (long) count, REASON))));
  }

  private static Optional<Double> bound(Value value, Typing t) {
    if (value.ints().filter(ints -> ints.size() == 1).isPresent()) {
      Element element = value.ints().get().elements().get(0);
      element.axis().ifPresent(axis -> t.freeze(axis, REASON));
      return Optional.of((double) element.value());
    }
    return value.floats().filter(values -> values.length == 1).map(values -> (double) values[0]);
  }
}
