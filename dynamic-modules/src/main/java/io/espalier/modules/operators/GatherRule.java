package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows of a table picked by index: data [before..., rows, after...], y [before..., indices...,
 * after...]. The rows are frozen; everything else carries over, such as an embedding.
 */
@AutoService(OperatorRule.class)
public final class GatherRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Gather");
  }

  @Override
  public void type(Node node, Typing t) {
    List<Axis> data = node.input(0).axes();
    int axis = node.axis("axis", 0, data.size());
    if (!Axes.inside(axis, data.size())) {
      t.unsupported("its axis " + axis + " is not one of its input");
      return;
    }
    t.freeze(data.get(axis), "elements are picked from it by index");
    List<Axis> y = new ArrayList<>(data.subList(0, axis));
    y.addAll(node.input(1).axes());
    y.addAll(data.subList(axis + 1, data.size()));
    t.output(0, y);
  }
}
