package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Normalisation over groups of channels and space: x [N, C, ...], C = groups x C/groups, and whole
 * groups stay or go; one group alone may shrink. Scale and bias lie on the groups up to operator
 * set 20, on the channels from then on.
 */
@AutoService(OperatorRule.class)
public final class GroupNormalizationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("GroupNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long count = node.attributes().number("num_groups", 0);
    if (x.rank() < 2 || count < 1 || x.axis(1).extent() % count != 0) {
      t.unsupported("its channels do not make up " + count + " groups");
      return;
    }
    Axis groups = t.symbol(count);
    if (count == 1) {
      t.normalised(x.axis(1), 0);
    } else {
      t.attribute("num_groups", -1, t.extentOf(groups));
      t.unify(x.axis(1), Groups.wholeGroups(t, groups, t.symbol(x.axis(1).extent() / count)));
    }
    for (int i = 2; i < x.rank(); i++) {
      t.normalised(x.axis(i), 0);
    }
    for (int i = 1; i <= 2; i++) {
      if (node.input(i).rank() != 1) {
        t.unsupported("its parameters do not have the shape of its channels");
        return;
      }
      t.unify(node.input(i).axis(0), node.opset() < 21 ? groups : x.axis(1));
    }
    t.output(0, x.axes());
  }
}
