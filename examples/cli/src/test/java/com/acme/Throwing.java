package com.acme;

import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.Set;

/** A rule that fails on every node. */
public final class Throwing implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Set.of(OpId.of("com.acme", "GatedLinear"));
  }

  @Override
  public void type(Node node, Typing typing) {
    throw new IllegalStateException("not today");
  }
}
