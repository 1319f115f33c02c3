package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.List;
import java.util.Set;

/** A matrix: the axes before {@code axis}, and those from it on, as one axis each. */
@AutoService(OperatorRule.class)
public final class FlattenRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Flatten");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    int axis = node.axis("axis", 1, x.size());
    if (axis < 0 || axis > x.size()) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    t.output(0, List.of(t.product(x.subList(0, axis)), t.product(x.subList(axis, x.size()))));
  }
}
