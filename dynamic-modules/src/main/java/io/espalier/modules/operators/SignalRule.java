package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The windows and filter banks of signal processing, and sampling grids: their sizes are numbers.
 */
@AutoService(OperatorRule.class)
public final class SignalRule implements OperatorRule {
  private static final Set<OpId> WINDOWS =
      Operators.standard("BlackmanWindow", "HammingWindow", "HannWindow");
  private static final OpId FILTERS = OpId.of("MelWeightMatrix");
  private static final OpId GRID = OpId.of("AffineGrid");

  @Override
  public Set<OpId> operators() {
    return Operators.standard(
        "AffineGrid", "BlackmanWindow", "HammingWindow", "HannWindow", "MelWeightMatrix");
  }

  @Override
  public void type(Node node, Typing t) {
    String reason = node.op().name() + " makes it anew";
    List<Axis> y = new ArrayList<>();
    for (long extent : shape(node)) {
      if (extent < 1) {
        t.unsupported(Reasons.fromData("its size is"));
        return;
      }
      y.add(Axes.frozen(t, extent, reason));
    }
    for (Value input : node.inputs()) {
      Axes.freezeFrom(0, input.axes(), t, reason);
    }
    t.output(0, y);
  }

  /** The shape of what is made; 0 stands for what is not known. */
  private static long[] shape(Node node) {
    if (WINDOWS.contains(node.op())) {
      return new long[] {number(node, 0)};
    }
    if (node.op().equals(FILTERS)) {
      return new long[] {number(node, 1) / 2 + 1, number(node, 0)};
    }
    long[] size = node.input(1).ints().map(Ints::values).orElse(new long[0]);
    if (!node.op().equals(GRID) || size.length < 4) {
      return new long[] {0};
    }
    long[] grid = new long[size.length];
    grid[0] = size[0];
    System.arraycopy(size, 2, grid, 1, size.length - 2);
    grid[size.length - 1] = size.length - 2L;
    return grid;
  }

  private static long number(Node node, int input) {
    return node.input(input)
        .ints()
        .filter(given -> given.size() == 1)
        .map(given -> given.value(0))
        .orElse(0L);
  }
}
