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

/**
 * Axes of one element stretched to a given shape, both broadcast. An extent that the shape
 * introduces is a width of its own, which the shape follows.
 */
@AutoService(OperatorRule.class)
public final class ExpandRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Expand");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> given = node.input(1).ints();
    if (given.isEmpty()) {
      t.unsupported(Reasons.fromData("its shape is"));
      return;
    }
    List<Element> shape = given.get().elements();
    int rank = Math.max(x.rank(), shape.size());
    List<Axis> y = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int own = i - rank + x.rank();
      int asked = i - rank + shape.size();
      Axis axis = own < 0 ? t.fixed(1) : x.axis(own);
      if (asked >= 0 && shape.get(asked).value() != 1) {
        long extent = shape.get(asked).value();
        if (extent < 0 || (axis.extent() != 1 && axis.extent() != extent)) {
          t.unsupported("its axis of " + axis.extent() + " cannot be stretched to " + extent);
          return;
        }
        axis = axis.extent() == 1 ? Axes.asked(t, shape.get(asked)) : axis;
        t.element(1, asked, t.extentOf(axis));
      }
      y.add(axis);
    }
    t.output(0, y);
  }
}
