package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes axes of one element away. Where it does not say which, it is made to: an axis that shrinks
 * to one element must not go with them.
 */
@AutoService(OperatorRule.class)
public final class SqueezeRule implements OperatorRule {
  /** From here on the axes are an input. */
  private static final int AXES_INPUT = 13;

  @Override
  public Set<OpId> operators() {
    return Operators.standard("Squeeze");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    Optional<Ints> given = node.ints("axes", 1);
    if (given.isEmpty() && node.input(1).present()) {
      t.unsupported(Reasons.fromData("its axes are"));
      return;
    }
    boolean[] taken = new boolean[x.size()];
    boolean any = given.isPresent();
    for (int i = 0; i < taken.length; i++) {
      taken[i] = given.isEmpty() && x.get(i).extent() == 1;
      any |= taken[i];
    }
    if (!any) {
      // axes can be written down where there are some; no axes at all mean all of one element
      x.forEach(axis -> t.freeze(axis, "Squeeze takes away any axis that has one element"));
    }
    for (long axis : given.map(Ints::values).orElse(new long[0])) {
      int index = (int) (axis < 0 ? axis + x.size() : axis);
      if (!Axes.inside(index, x.size()) || x.get(index).extent() != 1) {
        t.unsupported("its axis " + axis + " does not have one element");
        return;
      }
      taken[index] = true;
    }
    List<Axis> y = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i]) {
        y.add(x.get(i));
      } else if (given.isEmpty() && node.opset() < AXES_INPUT) {
        t.attribute("axes", next++, t.number(i));
      } else if (given.isEmpty()) {
        t.element(1, next++, t.number(i));
      }
    }
    t.output(0, y);
  }
}
