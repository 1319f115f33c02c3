package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** The place of the largest or smallest element: the axis it counts along is frozen. */
@AutoService(OperatorRule.class)
public final class ArgRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("ArgMax", "ArgMin");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int axis = node.axis("axis", 0, x.rank());
    if (!Axes.inside(axis, x.rank())) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    t.freeze(x.axis(axis), node.op().name() + " counts along it");
    t.output(
        0,
        node.attributes().number("keepdims", 1) != 0
            ? Axes.with(x.axes(), axis, t.fixed(1))
            : Axes.without(x.axes(), axis));
  }
}
