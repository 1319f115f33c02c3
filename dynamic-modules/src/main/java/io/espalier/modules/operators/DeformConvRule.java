package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Deformable convolution: x [N, ci, spatial...], W [co, ci/g, kernel...], offset [N, o * kernel *
 * rank, out...], bias [co], mask [N, o * kernel, out...], y [N, co, out...].
 *
 * <p>The channels are those of a convolution. They fall into o groups that are sampled at places of
 * their own, which stay or go with their offsets; each group keeps the same positions inside.
 */
@AutoService(OperatorRule.class)
public final class DeformConvRule implements OperatorRule {
  private static final String SAMPLED = "where it samples is learnt for each element of its kernel";

  @Override
  public Set<OpId> operators() {
    return Operators.standard("DeformConv");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    if (x.rank() < 3 || w.rank() != x.rank() || node.input(2).rank() != x.rank()) {
      t.unsupported("its data, weight and offsets must have one rank of at least 3");
      return;
    }
    long groups = node.attributes().number("group", 1);
    long sampled = node.attributes().number("offset_group", 1);
    long[] kernel = w.axes().stream().skip(2).mapToLong(Axis::extent).toArray();
    long elements = Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    if (!Groups.fit(groups, x.axis(1), w.axis(1), w.axis(0))
        || sampled < 1
        || x.axis(1).extent() % sampled != 0
        || node.input(2).axis(1).extent() != sampled * elements * kernel.length
        || (node.input(4).present() && node.input(4).axis(1).extent() != sampled * elements)) {
      t.unsupported("its channels do not make up " + groups + " groups, or its offsets " + sampled);
      return;
    }
    Windows.read(node, t, kernel).ifPresent(windows -> type(node, t, windows, groups, sampled));
  }

  private static void type(Node node, Typing t, Windows windows, long groups, long sampled) {
    Value x = node.input(0);
    Value w = node.input(1);
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), w.axis(0)));
    for (int i = 2; i < x.rank(); i++) {
      long extent = windows.extent(i - 2, x.axis(i).extent());
      if (extent < 1) {
        t.unsupported("its kernel is larger than its input");
        return;
      }
      y.add(Windows.freeze(t, x.axis(i), extent, "a convolution slides over it"));
    }
    if (groups == 1) {
      Contraction.unify(node, t, x.axis(1), w.axis(1));
    } else {
      Axis width = Groups.width(t, groups);
      t.unify(x.axis(1), Groups.wholeGroups(t, width, w.axis(1)));
      t.unify(w.axis(0), Groups.wholeGroups(t, width, t.symbol(w.axis(0).extent() / groups)));
    }
    sample(node, t, sampled);
    Groups.unifyBias(t, node.input(3), w.axis(0));
    Axes.freezeFrom(2, w.axes(), t, SAMPLED);
    t.output(0, y);
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.add(x.axis(0));
    macs.addAll(y.subList(2, y.size()));
    t.macs(macs.toArray(Axis[]::new));
  }

  /** Ties the groups that share their places to the channels of the data. */
  private static void sample(Node node, Typing t, long groups) {
    Axis width = t.symbol(groups);
    t.role(width, "num_offset_groups");
    t.attribute("offset_group", -1, t.extentOf(width));
    Axis channels = node.input(0).axis(1);
    t.unify(channels, t.product(List.of(width, t.symbol(channels.extent() / groups))));
    for (int input : new int[] {2, 4}) {
      Value places = node.input(input);
      if (places.present()) {
        Axis each = Axes.frozen(t, places.axis(1).extent() / groups, SAMPLED);
        t.unify(places.axis(1), t.product(List.of(width, each)));
        Axes.freezeFrom(2, places.axes(), t, SAMPLED);
      }
    }
  }
}
