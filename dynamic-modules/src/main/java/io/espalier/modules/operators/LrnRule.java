package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** Local response normalisation: every channel is divided by a sum over its neighbours. */
@AutoService(OperatorRule.class)
public final class LrnRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("LRN");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    if (x.rank() < 2) {
      t.unsupported("its input must have a batch and a channel axis");
      return;
    }
    t.freeze(x.axis(1), "LRN sums over neighbouring channels");
    t.output(0, x.axes());
  }
}
