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

/**
 * Pools that slide windows: x [N, C, spatial...], y the same with other spatial extents. The second
 * output of MaxPool holds positions in the whole tensor, so that channels cannot go where it is
 * read.
 */
@AutoService(OperatorRule.class)
public final class PoolRule implements OperatorRule {
  private static final OpId MAX_POOL = OpId.of("MaxPool");

  @Override
  public Set<OpId> operators() {
    return Operators.standard("AveragePool", "LpPool", "MaxPool");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long[] kernel = node.attributes().numbers("kernel_shape").orElse(new long[0]);
    if (x.rank() < 3 || kernel.length != x.rank() - 2) {
      t.unsupported("its kernel_shape does not have one entry for each spatial axis");
      return;
    }
    Windows.read(node, t, kernel).ifPresent(windows -> type(node, t, windows));
  }

  private static void type(Node node, Typing t, Windows windows) {
    Value x = node.input(0);
    List<Axis> y = new ArrayList<>(x.axes().subList(0, 2));
    for (int i = 2; i < x.rank(); i++) {
      long extent = windows.extent(i - 2, x.axis(i).extent());
      if (extent < 1) {
        t.unsupported("its kernel is larger than its input");
        return;
      }
      y.add(windows.slide(t, i - 2, x.axis(i), extent, "a pool slides over it"));
    }
    if (Axes.hasOutput(node, 1)) {
      Axes.freezeFrom(0, x.axes(), t, "the indices that the pool returns count its elements");
    }
    if (node.op().equals(MAX_POOL)) {
      t.selects(0);
    }
    Axes.outputs(node, t, y);
  }
}
