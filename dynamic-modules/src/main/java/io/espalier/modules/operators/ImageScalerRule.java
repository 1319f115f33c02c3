package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/** A scaled image plus a bias for each channel, which is an attribute and cannot be cut. */
@AutoService(OperatorRule.class)
public final class ImageScalerRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("ImageScaler");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    if (x.rank() < 2) {
      t.unsupported("its input must have a batch and a channel axis");
      return;
    }
    t.freeze(x.axis(1), "the biases of its channels are an attribute");
    t.output(0, x.axes());
  }
}
