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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Axes cropped or padded around their middle to a given shape; what does not change carries over.
 */
@AutoService(OperatorRule.class)
public final class CenterCropPadRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("CenterCropPad");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> shape = node.input(1).ints();
    Optional<long[]> axes = node.attributes().numbers("axes");
    int count = axes.map(given -> given.length).orElse(x.rank());
    if (shape.isEmpty() || shape.get().size() != count) {
      t.unsupported("its shape is computed from data, or has not one entry for each of its axes");
      return;
    }
    List<Axis> y = new ArrayList<>(x.axes());
    for (int i = 0; i < count; i++) {
      long given = axes.isPresent() ? axes.get()[i] : i;
      int axis = (int) (given < 0 ? given + x.rank() : given);
      long extent = shape.get().value(i);
      if (!Axes.inside(axis, x.rank()) || extent < 1) {
        t.unsupported("its axis " + given + " is not one of its input, or nothing is left of it");
        return;
      }
      if (extent == x.axis(axis).extent()) {
        t.element(1, i, t.extentOf(x.axis(axis)));
      } else {
        String reason = "it is cropped or padded around its middle";
        t.freeze(x.axis(axis), reason);
        y.set(axis, Axes.frozen(t, extent, reason));
      }
    }
    t.output(0, y);
  }
}
