package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The same elements in another shape: runs of equal extent are matched, and an axis is factored
 * where several take its place. The entries of the shape follow the axes they make, but for -1,
 * which follows by itself.
 */
@AutoService(OperatorRule.class)
public final class ReshapeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Reshape");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> given = node.ints("shape", 1);
    if (given.isEmpty()) {
      t.unsupported(Reasons.fromData("its shape is"));
      return;
    }
    long size = Axes.size(x.axes());
    long[] shape = given.get().values();
    boolean copies = node.attributes().number("allowzero", 0) == 0;
    int open = -1;
    long known = 1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0 && copies && i < x.rank()) {
        shape[i] = x.axis(i).extent();
      }
      if (shape[i] == -1) {
        open = i;
      } else {
        known *= shape[i];
      }
    }
    if (open >= 0 && known > 0) {
      shape[open] = size / known;
      known *= shape[open];
    }
    if (size < 1 || known != size || Arrays.stream(shape).anyMatch(n -> n < 1)) {
      t.unsupported(
          "its shape "
              + Arrays.toString(given.get().values())
              + " does not hold the "
              + size
              + " elements");
      return;
    }
    List<Axis> y = t.reshape(x.axes(), shape);
    Target target = Target.of(node, t, "shape", 1);
    for (int i = 0; i < shape.length; i++) {
      long entry = given.get().value(i);
      boolean follows = entry == -1 || (entry == 0 && (shape[i] == 1 || y.get(i) == x.axis(i)));
      if (!follows) {
        target.set(i, t.extentOf(y.get(i)));
      }
    }
    t.output(0, y);
  }
}
