package com.acme;

import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.Set;

/** A sum of x [.., n] and a bias [n], which it leaves untied by mistake. */
public final class UntiedShift implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "Shift"));
  }

  @Override
  public void type(Node node, Typing t) {
    t.output(0, node.input(0).axes());
  }
}
