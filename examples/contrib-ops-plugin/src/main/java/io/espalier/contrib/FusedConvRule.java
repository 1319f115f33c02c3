package io.espalier.contrib;

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
 * A convolution, a sum with another tensor of the result's shape, and an activation: x [N, ci,
 * spatial...], W [co, ci/g, kernel...], bias [co], z and y [N, co, spatial...].
 *
 * <p>With one group, the channels of x are those that W reads; with several, whole groups stay or
 * go. Kernels keep their centred run, as far as the padding can give way.
 */
@AutoService(OperatorRule.class)
public final class FusedConvRule implements OperatorRule {
  private static final String SLIDES = "a convolution slides over it";

  @Override
  public Set<OpId> operators() {
    return Fused.operators("FusedConv");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    long groups = node.attributes().number("group", 1);
    if (x.rank() < 3 || w.rank() != x.rank()) {
      t.unsupported("its data and weight must have one rank of at least 3");
      return;
    }
    if (groups < 1
        || x.axis(1).extent() != groups * w.axis(1).extent()
        || w.axis(0).extent() % groups != 0) {
      t.unsupported("its channels do not make up " + groups + " groups");
      return;
    }
    Slide slide = new Slide(node, w.axes().subList(2, w.rank()));
    if (!slide.fits()) {
      t.unsupported("its strides, dilations or pads do not have one entry for each spatial axis");
      return;
    }
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), w.axis(0)));
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.add(x.axis(0));
    for (int i = 0; i < x.rank() - 2; i++) {
      long times = slide.extent(i, x.axis(i + 2).extent());
      if (times < 1) {
        t.unsupported("its kernel is larger than its input");
        return;
      }
      t.freeze(x.axis(i + 2), SLIDES);
      if (w.parameter()) {
        t.unify(w.axis(i + 2), slide.window(i, node, t));
      } else {
        t.freeze(w.axis(i + 2), "its kernel is computed from data");
      }
      Axis extent = Fused.frozen(t, times, SLIDES);
      y.add(extent);
      macs.add(extent);
    }
    tieChannels(t, x, w, groups);
    Fused.unifyVector(t, node.input(2), w.axis(0));
    Value z = node.input(3);
    if (z.present()) {
      t.broadcast(List.of(y, z.axes()));
    }
    t.output(0, y);
    t.macs(macs.toArray(Axis[]::new));
  }

  private static void tieChannels(Typing t, Value x, Value w, long groups) {
    if (groups == 1) {
      t.unify(x.axis(1), w.axis(1));
      return;
    }
    Axis count = t.symbol(groups);
    t.attribute("group", -1, t.extentOf(count));
    Axis out = t.symbol(w.axis(0).extent() / groups);
    for (Axis group : List.of(w.axis(1), out)) {
      t.freeze(group, "grouped channels stay or go by whole groups of " + group.extent());
    }
    t.unify(x.axis(1), t.product(List.of(count, w.axis(1))));
    t.unify(w.axis(0), t.product(List.of(count, out)));
  }
}
