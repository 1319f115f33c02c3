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

/** Blocks of space moved into channels: x [N, C, H, W], y [N, b*b*C, H/b, W/b]. C stays free. */
@AutoService(OperatorRule.class)
public final class SpaceToDepthRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("SpaceToDepth");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long b = node.attributes().number("blocksize", 0);
    if (x.rank() != 4 || b < 1 || x.axis(2).extent() % b != 0 || x.axis(3).extent() % b != 0) {
      t.unsupported("its image does not make up blocks of " + b + " by " + b);
      return;
    }
    List<Axis> rows = t.factor(x.axis(2), x.axis(2).extent() / b, b);
    List<Axis> columns = t.factor(x.axis(3), x.axis(3).extent() / b, b);
    t.freeze(rows.get(1), "it is a block of " + b + " that becomes channels");
    t.freeze(columns.get(1), "it is a block of " + b + " that becomes channels");
    t.output(
        0,
        List.of(
            x.axis(0),
            t.product(List.of(rows.get(1), columns.get(1), x.axis(1))),
            rows.get(0),
            columns.get(0)));
  }
}
