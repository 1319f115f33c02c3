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
 * What one of two branches hands out. Where both stand before the node (condition, what one hands
 * out, what the other does), their axes are one; where they stay sub-graphs, what goes in and comes
 * out is fixed.
 */
@AutoService(OperatorRule.class)
public final class IfRule implements OperatorRule {
  private static final int INPUTS = 3;

  @Override
  public Set<OpId> operators() {
    return Operators.standard("If");
  }

  @Override
  public boolean givesWay() {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    if (node.inputs().size() != INPUTS) {
      t.unsupported("what goes into a sub-graph or comes out of it is fixed");
      return;
    }
    Value yes = node.input(1);
    Value no = node.input(2);
    if (!extents(yes).equals(extents(no))) {
      t.unsupported(
          "its branches hand out tensors of different sizes; where both are alike, their widths"
              + " stay free");
      return;
    }
    for (int i = 0; i < yes.rank(); i++) {
      t.unify(yes.axis(i), no.axis(i));
    }
    t.output(0, yes.axes());
  }

  private static List<Long> extents(Value value) {
    return value.axes().stream().map(Axis::extent).toList();
  }
}
