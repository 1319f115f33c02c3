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
 * Blocks of channels spread over space: x [N, b*b*C, H, W] or, in mode CRD, [N, C*b*b, H, W], y [N,
 * C, H*b, W*b]. C stays free.
 */
@AutoService(OperatorRule.class)
public final class DepthToSpaceRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("DepthToSpace");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long b = node.attributes().number("blocksize", 0);
    if (x.rank() != 4 || b < 1 || x.axis(1).extent() % (b * b) != 0) {
      t.unsupported("its channels do not make up blocks of " + b + " by " + b);
      return;
    }
    long c = x.axis(1).extent() / (b * b);
    boolean outer = !node.attributes().text("mode", "DCR").equals("CRD");
    List<Axis> parts = outer ? t.factor(x.axis(1), b, b, c) : t.factor(x.axis(1), c, b, b);
    int block = outer ? 0 : 1;
    for (int i = 0; i < 2; i++) {
      t.freeze(parts.get(block + i), "it is spread over space in blocks of " + b);
    }
    t.output(
        0,
        List.of(
            x.axis(0),
            parts.get(outer ? 2 : 0),
            t.product(List.of(x.axis(2), parts.get(block))),
            t.product(List.of(x.axis(3), parts.get(block + 1)))));
  }
}
