package com.acme;

import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.Set;

/** A rule for an operator that has one already. */
public final class OwnRelu implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("Relu"));
  }

  @Override
  public void type(Node node, Typing typing) {
    typing.output(0, node.input(0).axes());
  }
}
