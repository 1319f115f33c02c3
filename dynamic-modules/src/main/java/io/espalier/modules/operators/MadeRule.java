package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Tensors that come from nowhere, or are as large as another: no width stands behind them. */
@AutoService(OperatorRule.class)
public final class MadeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard(
        "Bernoulli",
        "EyeLike",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike");
  }

  @Override
  public void type(Node node, Typing t) {
    String reason = node.op().name() + " makes it anew";
    Optional<long[]> shape = node.attributes().numbers("shape");
    if (shape.filter(given -> Arrays.stream(given).anyMatch(n -> n < 0)).isPresent()) {
      t.unsupported("its shape holds a negative extent");
    } else if (shape.isPresent()) {
      t.output(0, Arrays.stream(shape.get()).mapToObj(n -> Axes.frozen(t, n, reason)).toList());
    } else {
      Axes.freezeFrom(0, node.input(0).axes(), t, reason);
      t.output(0, node.input(0).axes());
    }
  }
}
