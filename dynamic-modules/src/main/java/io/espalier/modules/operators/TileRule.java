package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every axis repeated: the number of repeats is a width outside the axis, and follows it. */
@AutoService(OperatorRule.class)
public final class TileRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Tile");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> given = node.input(1).ints();
    if (given.isEmpty() || node.input(2).present()) {
      t.unsupported("its repeats are computed from data, or given for a single axis");
      return;
    }
    List<Element> repeats = given.get().elements();
    if (repeats.size() != x.rank() || repeats.stream().anyMatch(count -> count.value() < 1)) {
      t.unsupported("its repeats must be one number of at least 1 for each axis");
      return;
    }
    List<Axis> y = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      if (repeats.get(i).value() == 1) {
        y.add(x.axis(i));
        continue;
      }
      Axis count = Axes.asked(t, repeats.get(i));
      t.element(1, i, t.extentOf(count));
      y.add(t.product(List.of(count, x.axis(i))));
    }
    t.output(0, y);
  }
}
