package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A residual sum and a normalisation over its innermost axis: x [..., n], skip broadcast to it, and
 * scale, shift and bias [n] as far as they are there. The outputs are the result, the mean and
 * deviation [..., 1], and the sum.
 */
@AutoService(OperatorRule.class)
public final class SkipNormalizationRule implements OperatorRule {
  private static final int SUM = 3;

  @Override
  public Set<OpId> operators() {
    return Fused.operators("SkipLayerNormalization", "SkipSimplifiedLayerNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    if (x.rank() < 2 || node.inputs().stream().anyMatch(value -> value.rank() > x.rank())) {
      t.unsupported("its data must have two axes or more, and its other inputs no more than it");
      return;
    }
    List<Axis> y =
        t.broadcast(node.inputs().stream().filter(Value::present).map(Value::axes).toList());
    t.normalised(x.axis(-1), 0);
    List<Axis> statistics = new ArrayList<>(Fused.withLast(y, t.fixed(1)));
    for (int i = 0; i < node.outputs().size(); i++) {
      if (Fused.hasOutput(node, i)) {
        t.output(i, i == 0 || i == SUM ? y : statistics);
      }
    }
  }
}
