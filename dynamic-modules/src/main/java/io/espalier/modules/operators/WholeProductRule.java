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
 * Convolutions and matrix products that freeze what they touch, but whose shape and cost are those
 * of the plain operator. A plugin that can say more of one of them takes its place.
 */
@AutoService(OperatorRule.class)
public final class WholeProductRule implements OperatorRule {
  private static final String QUANTISED =
      "its operands are quantised together; quantise with QuantizeLinear and DequantizeLinear"
          + " nodes instead (QDQ) to search its widths";

  @Override
  public Set<OpId> operators() {
    return Operators.standard("ConvInteger", "DeformConv", "QLinearConv", "QLinearMatMul");
  }

  @Override
  public boolean givesWay() {
    return true;
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    switch (node.op().name()) {
      case "DeformConv" -> {
        t.unsupported("where it samples is learnt from the data, group by group");
        convolve(node, t, node.input(1));
      }
      case "ConvInteger" -> {
        quantised(t, 2, 3);
        convolve(node, t, node.input(1));
      }
      case "QLinearConv" -> {
        quantised(t, 1, 2, 4, 5, 6, 7);
        convolve(node, t, node.input(3));
      }
      default -> {
        quantised(t, 1, 2, 4, 5, 6, 7);
        multiply(t, node.input(0), node.input(3));
      }
    }
  }

  /** Freezes the operands; scales and zero points are settings, no weights. */
  private static void quantised(Typing t, int... settings) {
    t.unsupported(QUANTISED);
    for (int input : settings) {
      t.statistic(input);
    }
  }

  private static void convolve(Node node, Typing t, Value w) {
    Value x = node.input(0);
    if (x.rank() < 3 || w.rank() != x.rank()) {
      return;
    }
    long[] kernel = w.axes().stream().skip(2).mapToLong(Axis::extent).toArray();
    Windows.read(node, t, kernel).ifPresent(windows -> slide(t, x, w, windows));
  }

  private static void slide(Typing t, Value x, Value w, Windows windows) {
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), w.axis(0)));
    for (int i = 2; i < x.rank(); i++) {
      long extent = windows.extent(i - 2, x.axis(i).extent());
      if (extent < 1) {
        return;
      }
      y.add(Axes.frozen(t, extent, "a convolution slides over it"));
    }
    t.output(0, y);
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.add(x.axis(0));
    macs.addAll(y.subList(2, y.size()));
    t.macs(macs.toArray(Axis[]::new));
  }

  private static void multiply(Typing t, Value a, Value b) {
    if (a.rank() == 0 || b.rank() == 0) {
      return;
    }
    List<Axis> y = MatMulRule.shape(t, a, b);
    t.output(0, y);
    List<Axis> macs = new ArrayList<>(y);
    macs.add(a.axis(-1));
    t.macs(macs.toArray(Axis[]::new));
  }
}
