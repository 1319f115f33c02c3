package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tensors side by side along one axis; all others are one axis each. */
@AutoService(OperatorRule.class)
public final class ConcatRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Concat");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Value> inputs = node.inputs();
    Value first = node.input(0);
    int rank = first.rank();
    int axis = node.axis("axis", 1, rank);
    if (!Axes.inside(axis, rank) || inputs.stream().anyMatch(input -> input.rank() != rank)) {
      t.unsupported("its inputs differ in rank, or have no axis " + axis);
      return;
    }
    List<Axis> parts = new ArrayList<>();
    for (Value input : inputs) {
      parts.add(input.axis(axis));
      for (int i = 0; i < rank; i++) {
        if (i != axis) {
          t.unify(first.axis(i), input.axis(i));
        }
      }
    }
    t.output(0, Axes.with(first.axes(), axis, t.concat(parts)));
  }
}
