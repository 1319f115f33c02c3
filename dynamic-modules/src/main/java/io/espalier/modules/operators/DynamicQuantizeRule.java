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
 * Conversion to quantised numbers over the range of the whole tensor, zero included: of what is
 * kept of it, once something is cut.
 */
@AutoService(OperatorRule.class)
public final class DynamicQuantizeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("DynamicQuantizeLinear");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    for (Axis axis : x.axes()) {
      t.normalised(axis, 0);
    }
    Axes.outputs(node, t, List.of());
    t.output(0, x.axes());
  }
}
