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

/** One element for each class: the axis of classes is new, and as long as {@code depth} says. */
@AutoService(OperatorRule.class)
public final class OneHotRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("OneHot");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> indices = node.input(0).axes();
    Optional<Ints> depth = node.input(1).ints();
    int axis = node.axis("axis", -1, indices.size() + 1);
    if (depth.isEmpty() || depth.get().size() != 1 || depth.get().value(0) < 1) {
      t.unsupported("its number of classes is not one number, or computed from data");
      return;
    }
    if (!Axes.inside(axis, indices.size() + 1)) {
      t.unsupported("its axis " + axis + " is not one of its output");
      return;
    }
    node.input(2).axes().forEach(pair -> t.freeze(pair, "OneHot reads two values, off and on"));
    List<Axis> y = new ArrayList<>(indices);
    y.add(axis, Axes.frozen(t, depth.get().value(0), "it counts the classes of OneHot"));
    t.output(0, y);
  }
}
