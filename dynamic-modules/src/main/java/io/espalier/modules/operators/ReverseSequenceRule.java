package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Runs of a batch reversed, each over a length of its own. Sequences run along {@code time_axis},
 * which is frozen; the lengths lie on {@code batch_axis}.
 */
@AutoService(OperatorRule.class)
public final class ReverseSequenceRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("ReverseSequence");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value lengths = node.input(1);
    int time = node.axis("time_axis", 0, x.rank());
    int batch = node.axis("batch_axis", 1, x.rank());
    if (!Axes.inside(time, x.rank()) || !Axes.inside(batch, x.rank()) || lengths.rank() != 1) {
      t.unsupported("its axes are not those of its input");
      return;
    }
    t.freeze(x.axis(time), "it is reversed");
    t.unify(x.axis(batch), lengths.axis(0));
    t.output(0, x.axes());
  }
}
