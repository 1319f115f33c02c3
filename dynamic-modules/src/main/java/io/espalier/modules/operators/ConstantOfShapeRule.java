package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A tensor of one value. Every extent that is a number is a width of its own, which the number
 * follows, so that a weight made this way stays made this way.
 */
@AutoService(OperatorRule.class)
public final class ConstantOfShapeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("ConstantOfShape");
  }

  @Override
  public void type(Node node, Typing t) {
    Optional<Ints> shape = node.input(0).ints();
    if (shape.filter(ConstantOfShapeRule::isShape).isEmpty()) {
      t.unsupported("its shape holds a negative extent, or is computed from data");
      return;
    }
    List<Axis> y = new ArrayList<>();
    for (Element extent : shape.get().elements()) {
      Axis axis = Axes.asked(t, extent);
      t.element(0, y.size(), t.extentOf(axis));
      y.add(axis);
    }
    t.output(0, y);
  }

  private static boolean isShape(Ints extents) {
    return Arrays.stream(extents.values()).allMatch(n -> n >= 0);
  }
}
