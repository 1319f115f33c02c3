package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.List;
import java.util.Set;

/** An activation of x [..., n] plus a bias [n], which may be left out: y has the axes of x. */
@AutoService(OperatorRule.class)
public final class BiasActivationRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Fused.operators("BiasGelu", "FastGelu");
  }

  @Override
  public void type(Node node, Typing t) {
    if (node.input(1).rank() > node.input(0).rank()) {
      t.unsupported("its bias has more axes than its data");
      return;
    }
    t.output(0, t.broadcast(List.of(node.input(0).axes(), node.input(1).axes())));
  }
}
