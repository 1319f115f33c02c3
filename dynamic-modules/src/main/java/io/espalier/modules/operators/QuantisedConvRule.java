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
 * Convolution of integers: x [N, ci, spatial...], w [co, ci/g, kernel...], y [N, co, spatial...].
 * Scales and zero points of the weights are one number, or one for each output channel.
 *
 * <p>Integers are not masked, and the zero of a mask is not what a zero point stands for: the
 * reference sums over the channels that are kept. A smaller kernel has no such reference.
 */
@AutoService(OperatorRule.class)
public final class QuantisedConvRule implements OperatorRule {
  private static final OpId INTEGER = OpId.of("ConvInteger");

  /** The positions of the weight, the bias and the settings of data, weight and result. */
  private record Places(
      int weight, int bias, List<Integer> whole, List<Integer> channels, List<Integer> settings) {
    static Places of(Node node) {
      return node.op().equals(INTEGER)
          ? new Places(1, Integer.MAX_VALUE, List.of(2), List.of(3), List.of(2, 3))
          : new Places(3, 8, List.of(1, 2, 6, 7), List.of(4, 5), List.of(1, 2, 4, 5, 6, 7));
    }
  }

  @Override
  public Set<OpId> operators() {
    return Operators.standard("ConvInteger", "QLinearConv");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Places places = Places.of(node);
    places.settings().forEach(t::statistic);
    Value x = node.input(0);
    Value w = node.input(places.weight());
    if (x.rank() < 3 || w.rank() != x.rank()) {
      t.unsupported("its data and weight must have one rank of at least 3");
      return;
    }
    long groups = node.attributes().number("group", 1);
    if (!Groups.fit(groups, x.axis(1), w.axis(1), w.axis(0))) {
      t.unsupported("its channels do not make up " + groups + " groups");
      return;
    }
    if (places.whole().stream().anyMatch(input -> Axes.size(node.input(input).axes()) > 1)) {
      t.unsupported("its data and result must have one scale and one zero point");
      return;
    }
    long[] kernel = w.axes().stream().skip(2).mapToLong(Axis::extent).toArray();
    Windows.read(node, t, kernel).ifPresent(windows -> type(node, t, places, windows, groups));
  }

  private static void type(Node node, Typing t, Places places, Windows windows, long groups) {
    Value x = node.input(0);
    Value w = node.input(places.weight());
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), w.axis(0)));
    for (int i = 2; i < x.rank(); i++) {
      long extent = windows.extent(i - 2, x.axis(i).extent());
      if (extent < 1) {
        t.unsupported("its kernel is larger than its input");
        return;
      }
      y.add(windows.slide(t, i - 2, x.axis(i), extent, "a convolution slides over it"));
    }
    if (groups == 1) {
      t.unify(x.axis(1), w.axis(1));
      t.normalised(x.axis(1), 0);
      t.normalised(w.axis(1), places.weight());
    } else {
      Axis width = Groups.width(t, groups);
      t.unify(x.axis(1), Groups.wholeGroups(t, width, w.axis(1)));
      t.unify(w.axis(0), Groups.wholeGroups(t, width, t.symbol(w.axis(0).extent() / groups)));
    }
    Groups.unifyBias(t, node.input(places.bias()), w.axis(0));
    for (int input : places.channels()) {
      Value setting = node.input(input);
      t.unmaskable(input);
      if (setting.rank() == 1 && setting.axis(0).extent() > 1) {
        t.unify(setting.axis(0), w.axis(0));
      }
    }
    Axes.freezeFrom(
        2,
        w.axes(),
        t,
        "a smaller kernel of integers cannot be compared with a mask; quantise with QuantizeLinear"
            + " and DequantizeLinear nodes instead (QDQ) to search its kernels");
    t.output(0, y);
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.add(x.axis(0));
    macs.addAll(y.subList(2, y.size()));
    t.macs(macs.toArray(Axis[]::new));
  }
}
