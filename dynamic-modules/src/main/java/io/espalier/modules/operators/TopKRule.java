package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** The k largest or smallest elements along an axis, and their places: the axis is frozen. */
@AutoService(OperatorRule.class)
public final class TopKRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("TopK");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int axis = node.axis("axis", -1, x.rank());
    long k =
        node.input(1)
            .ints()
            .filter(given -> given.size() == 1)
            .map(given -> given.value(0))
            .orElse(node.attributes().number("k", -1));
    if (!Axes.inside(axis, x.rank()) || k < 0) {
      t.unsupported("its k is computed from data, or its axis is not one of its input");
      return;
    }
    t.freeze(x.axis(axis), "TopK orders the elements along it");
    Axes.outputs(
        node, t, Axes.with(x.axes(), axis, Axes.frozen(t, k, "TopK orders the elements along it")));
  }
}
