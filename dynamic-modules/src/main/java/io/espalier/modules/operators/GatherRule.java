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
import java.util.Optional;
import java.util.Set;

/**
 * Rows of a table picked by index: data [before..., rows, after...], y [before..., indices...,
 * after...]. Constant positions that spell a range or another order of factors cut and turn the
 * rows; ids that are data leave the rows of a stored matrix free; else they are frozen. Everything
 * else carries over, such as an embedding.
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
    List<Axis> y = new ArrayList<>(data.subList(0, axis));
    boolean matrix = node.input(0).parameter() && data.size() == 2 && axis == 0;
    if (matrix && t.indexes(1, 0, 0)) {
      y.addAll(node.input(1).axes());
    } else {
      y.addAll(picked(node, t, data.get(axis), node.input(1).rank()));
    }
    y.addAll(data.subList(axis + 1, data.size()));
    t.output(0, y);
  }

  /** What the second input picks from an axis; that is frozen where it is not understood. */
  static List<Axis> picked(Node node, Typing t, Axis axis, int rank) {
    Value positions = node.input(1);
    Optional<List<Axis>> picks = Picks.of(t, axis, positions, rank);
    if (picks.isPresent() && t.positions(1, picks.get(), List.of(axis))) {
      return picks.get();
    }
    t.freeze(axis, "elements are picked from it by index");
    return positions.axes().subList(0, rank);
  }
}
