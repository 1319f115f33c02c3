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

/** Adds axes of one element. */
@AutoService(OperatorRule.class)
public final class UnsqueezeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Unsqueeze");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    Optional<Ints> given = node.ints("axes", 1);
    if (given.isEmpty()) {
      t.unsupported(Reasons.fromData("its axes are"));
      return;
    }
    boolean[] added = new boolean[x.size() + given.get().size()];
    for (long axis : given.get().values()) {
      int index = (int) (axis < 0 ? axis + added.length : axis);
      if (!Axes.inside(index, added.length) || added[index]) {
        t.unsupported("its axis " + axis + " is not one of its output, or named twice");
        return;
      }
      added[index] = true;
    }
    List<Axis> y = new ArrayList<>();
    int next = 0;
    for (boolean one : added) {
      y.add(one ? t.fixed(1) : x.get(next++));
    }
    t.output(0, y);
  }
}
