package io.espalier.djl.trace.tape;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.Set;

/** What could not be traced freezes what it touches, and says why. */
@AutoService(OperatorRule.class)
public final class UntracedRule implements OperatorRule {
  /** The operator that stands for what cannot be followed; it freezes what it touches. */
  public static final OpId UNTRACED = OpId.of("io.espalier.djl", "Untraced");

  @Override
  public Set<OpId> operators() {
    return Set.of(UNTRACED);
  }

  @Override
  public void type(Node node, Typing t) {
    t.unsupported(node.attributes().text("reason", "it could not be traced"));
  }
}
