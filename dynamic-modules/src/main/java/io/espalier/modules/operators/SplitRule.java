package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Element;
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
 * Consecutive pieces of one axis. Sizes follow their pieces; where the pieces are equal because no
 * sizes are given, carving gives them.
 */
@AutoService(OperatorRule.class)
public final class SplitRule implements OperatorRule {
  private static final int SIZES_AS_INPUT = 13;

  @Override
  public Set<OpId> operators() {
    return Operators.standard("Split");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    int axis = node.axis("axis", 0, x.rank());
    if (!Axes.inside(axis, x.rank())) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    Optional<Ints> given = node.ints("split", 1);
    if (given.isEmpty() && node.input(1).present()) {
      t.unsupported(Reasons.fromData("its sizes are"));
      return;
    }
    long whole = x.axis(axis).extent();
    long[] sizes =
        given.map(Ints::values).orElseGet(() -> equalSizes(whole, node.outputs().size()));
    if (sizes.length != node.outputs().size()
        || Arrays.stream(sizes).anyMatch(size -> size < 1)
        || Arrays.stream(sizes).sum() != whole) {
      t.unsupported(
          "its pieces " + Arrays.toString(sizes) + " do not make up the " + whole + " elements");
      return;
    }
    List<Axis> pieces = t.split(x.axis(axis), sizes);
    boolean byInput =
        node.input(1).present() || (given.isEmpty() && node.opset() >= SIZES_AS_INPUT);
    t.replaces(1, "num_outputs");
    for (int i = 0; i < sizes.length; i++) {
      Element size = t.extentOf(pieces.get(i));
      if (byInput) {
        t.element(1, i, size);
      } else {
        t.attribute("split", i, size);
      }
      if (Axes.hasOutput(node, i)) {
        t.output(i, Axes.with(x.axes(), axis, pieces.get(i)));
      }
    }
  }

  private static long[] equalSizes(long whole, int count) {
    long[] sizes = new long[count];
    Arrays.fill(sizes, (whole + count - 1) / count);
    sizes[count - 1] = whole - sizes[0] * (count - 1);
    return sizes;
  }
}
