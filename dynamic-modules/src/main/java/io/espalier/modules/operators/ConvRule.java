package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Linear;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Convolution: x [N, ci, spatial...], W [co, ci/g, kernel...], bias [co], y [N, co, spatial...].
 *
 * <p>With one group, the channels of x are those that W reads. With g groups, a width of groups
 * stands behind both sides: x.C = groups x ci/g and co = groups x co/g. Whole groups stay or go;
 * where their number is not free, all keep the same positions. Depthwise convolutions are the case
 * of ci/g = 1. Kernels keep their centred run, as far as the padding can give way.
 */
@AutoService(OperatorRule.class)
public final class ConvRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Conv");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    int spatial = x.rank() - 2;
    if (spatial < 1 || w.rank() != x.rank()) {
      t.unsupported("its data and weight must have one rank of at least 3");
      return;
    }
    long groups = node.attributes().number("group", 1);
    if (!Groups.fit(groups, x.axis(1), w.axis(1), w.axis(0))) {
      t.unsupported("its channels do not make up " + groups + " groups");
      return;
    }
    long[] kernel = w.axes().stream().skip(2).mapToLong(Axis::extent).toArray();
    Windows.read(node, t, kernel).ifPresent(windows -> type(node, t, windows, groups));
  }

  private static void type(Node node, Typing t, Windows windows, long groups) {
    Value x = node.input(0);
    Value w = node.input(1);
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), w.axis(0)));
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.add(x.axis(0));
    for (int i = 2; i < x.rank(); i++) {
      long extent = windows.extent(i - 2, x.axis(i).extent());
      if (extent < 1) {
        t.unsupported("its kernel is larger than its input");
        return;
      }
      y.add(windows.slide(t, i - 2, x.axis(i), extent, "a convolution slides over it"));
    }
    macs.addAll(y.subList(2, y.size()));

    if (groups == 1) {
      Contraction.unify(node, t, x.axis(1), w.axis(1));
    } else {
      Axis width = Groups.width(t, groups);
      t.unify(x.axis(1), Groups.inGroups(t, width, w.axis(1)));
      t.unify(w.axis(0), Groups.inGroups(t, width, t.symbol(w.axis(0).extent() / groups)));
    }
    Groups.unifyBias(t, node.input(2), w.axis(0));
    Groups.unifyKernel(node, t, windows);
    t.output(0, y);
    t.linear(
        Linear.of(0, 1, 1, 1, 0, 1)
            .withBias(node.input(2).present() ? 2 : -1)
            .withGroups(Math.toIntExact(groups)));
    t.macs(macs.toArray(Axis[]::new));
  }
}
