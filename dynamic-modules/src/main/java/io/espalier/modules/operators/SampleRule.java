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
 * Places of an image sampled at points or regions that are given: x [N, C, spatial...]. GridSample
 * makes y [N, C, out...] from a grid [N, out..., spatial]; the pools of regions make y [R, C,
 * out...] from R regions. Channels carry over.
 */
@AutoService(OperatorRule.class)
public final class SampleRule implements OperatorRule {
  private static final OpId GRID = OpId.of("GridSample");

  @Override
  public Set<OpId> operators() {
    return Operators.standard("GridSample", "MaxRoiPool", "RoiAlign");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value places = node.input(1);
    boolean grid = node.op().equals(GRID);
    if (x.rank() < (grid ? 3 : 4) || places.rank() != (grid ? x.rank() : 2)) {
      t.unsupported("its places do not have the rank that its image asks for");
      return;
    }
    String reason = node.op().name() + " samples it";
    Axes.freezeFrom(2, x.axes(), t, reason);
    t.freeze(places.axis(-1), "its elements are coordinates");
    List<Axis> y = new ArrayList<>(List.of(places.axis(0), x.axis(1)));
    if (grid) {
      t.unify(x.axis(0), places.axis(0));
      y.addAll(places.axes().subList(1, places.rank() - 1));
    } else {
      t.freeze(x.axis(0), "regions name its elements");
      for (long extent : regions(node)) {
        y.add(Axes.frozen(t, Math.max(1, extent), reason));
      }
      if (node.input(2).rank() == 1) {
        t.unify(places.axis(0), node.input(2).axis(0));
      }
    }
    t.output(0, y);
  }

  private static long[] regions(Node node) {
    return node.attributes()
        .numbers("pooled_shape")
        .filter(shape -> shape.length == 2)
        .orElseGet(
            () ->
                new long[] {
                  node.attributes().number("output_height", 1),
                  node.attributes().number("output_width", 1)
                });
  }
}
