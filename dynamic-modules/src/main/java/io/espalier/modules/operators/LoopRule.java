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
 * What goes into a loop and comes out of it. Where its body stands beside what is around it, such a
 * node is given a condition and twice what the first turn is given, or what a turn hands on and
 * what it was given itself: the axes of all are one. Where the body stays a sub-graph, all is
 * fixed.
 */
@AutoService(OperatorRule.class)
public final class LoopRule implements OperatorRule {
  private static final String BODY = "body";
  private static final int ENTRY = 3;
  private static final int OPENED = 15;

  @Override
  public Set<OpId> operators() {
    return Operators.standard("Loop", "Scan");
  }

  @Override
  public boolean givesWay() {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    if (node.attributes().names().contains(BODY)) {
      t.unsupported(
          "what goes into a sub-graph or comes out of it is fixed"
              + (node.opset() < OPENED ? "; from operator set 15 on, loops are looked into" : ""));
    } else if (node.inputs().size() == ENTRY) {
      Value given = node.input(1);
      if (given.parameter()) {
        given
            .axes()
            .forEach(
                axis ->
                    t.freeze(
                        axis,
                        "the loop starts from a stored tensor; computed from the size of an input"
                            + " its width stays free"));
      }
      t.output(0, given.axes());
    } else {
      handOn(node.input(0), node.input(1), t);
    }
  }

  private static void handOn(Value next, Value now, Typing t) {
    if (!extents(next).equals(extents(now))) {
      t.unsupported(
          "what the loop carries has another size in the next turn; where that stays, its widths"
              + " are free");
      return;
    }
    for (int i = 0; i < next.rank(); i++) {
      t.unify(next.axis(i), now.axis(i));
    }
    t.output(0, next.axes());
  }

  private static List<Long> extents(Value value) {
    return value.axes().stream().map(Axis::extent).toList();
  }
}
