package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Set;

/**
 * Single elements read or written along one axis, which is frozen: data [..., n, ...], indices
 * [..., m, ...] of the same rank. Any other axis that is read in full is one axis with that of the
 * data.
 */
@AutoService(OperatorRule.class)
public final class ElementsByIndexRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("GatherElements", "Scatter", "ScatterElements");
  }

  @Override
  public void type(Node node, Typing t) {
    Value data = node.input(0);
    Value indices = node.input(1);
    Value updates = node.input(2);
    int axis = node.axis("axis", 0, data.rank());
    if (!Axes.inside(axis, data.rank())
        || indices.rank() != data.rank()
        || (updates.present() && updates.rank() != data.rank())) {
      t.unsupported("its indices do not have the rank of its data, or it has no axis " + axis);
      return;
    }
    for (int i = 0; i < data.rank(); i++) {
      Axis own = data.axis(i);
      if (updates.present()) {
        t.unify(indices.axis(i), updates.axis(i));
      }
      if (i == axis) {
        t.freeze(own, "elements are picked from it by index");
        if (updates.present() && !Axes.adds(node)) {
          t.freeze(indices.axis(i), Reasons.WRITTEN);
        }
      } else if (own.extent() == indices.axis(i).extent()) {
        t.unify(own, indices.axis(i));
      } else {
        t.freeze(own, "only its first elements are read here");
        t.freeze(indices.axis(i), "only its first elements are read here");
      }
    }
    List<Axis> y = updates.present() ? data.axes() : indices.axes();
    t.output(0, y);
  }
}
