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
 * Slices read or written by index: data [batch..., picked..., rest...], indices [batch...,
 * places..., k], slices [batch..., places..., rest...]. The k axes that are picked from are frozen;
 * the rest carries over.
 */
@AutoService(OperatorRule.class)
public final class SlicesByIndexRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("GatherND", "ScatterND");
  }

  @Override
  public void type(Node node, Typing t) {
    Value data = node.input(0);
    Value indices = node.input(1);
    Value updates = node.input(2);
    int batch = (int) node.attributes().number("batch_dims", 0);
    int places = indices.rank() - 1;
    long picked = places < 0 ? 0 : indices.axis(-1).extent();
    if (batch < 0 || places < batch || batch + picked > data.rank()) {
      t.unsupported("its indices do not fit its data");
      return;
    }
    int rest = batch + (int) picked;
    t.freeze(indices.axis(-1), "it counts the axes that are picked from");
    List<Axis> slices = new ArrayList<>(indices.axes().subList(0, places));
    for (int i = 0; i < rest; i++) {
      if (i < batch) {
        t.unify(data.axis(i), indices.axis(i));
      } else {
        t.freeze(data.axis(i), "slices are picked from it by index");
      }
    }
    slices.addAll(data.axes().subList(rest, data.rank()));
    if (!updates.present()) {
      t.output(0, slices);
      return;
    }
    if (updates.rank() != slices.size()) {
      t.unsupported("its updates do not have the shape of what they replace");
      return;
    }
    for (int i = 0; i < slices.size(); i++) {
      t.unify(slices.get(i), updates.axis(i));
      if (i >= batch && i < places && !Axes.adds(node)) {
        t.freeze(slices.get(i), Reasons.WRITTEN);
      }
    }
    t.output(0, data.axes());
  }
}
