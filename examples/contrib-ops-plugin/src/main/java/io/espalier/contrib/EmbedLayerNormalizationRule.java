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
 * The sum of embeddings, normalised: ids [batch, length], tables of words, positions and segments
 * [rows, n], scale and shift [n]. The outputs are the result [batch, length, n], the lengths of the
 * sentences [batch], and the sum.
 */
@AutoService(OperatorRule.class)
public final class EmbedLayerNormalizationRule implements OperatorRule {
  private static final int WORDS = 2;
  private static final int POSITIONS = 3;
  private static final int SEGMENTS = 4;
  private static final int SCALE = 5;
  private static final int SHIFT = 6;

  @Override
  public Set<OpId> operators() {
    return Fused.operators("EmbedLayerNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value ids = node.input(0);
    Value words = node.input(WORDS);
    if (ids.rank() != 2 || words.rank() != 2 || node.input(POSITIONS).rank() != 2) {
      t.unsupported("its ids and tables must have two axes");
      return;
    }
    Axis width = words.axis(1);
    for (int table : new int[] {WORDS, POSITIONS, SEGMENTS}) {
      if (node.input(table).present()) {
        t.freeze(node.input(table).axis(0), "rows are picked from it by index");
        t.unify(node.input(table).axis(1), width);
      }
    }
    Fused.unifyVector(t, node.input(SCALE), width);
    Fused.unifyVector(t, node.input(SHIFT), width);
    t.normalised(width, WORDS);
    List<Axis> y = new ArrayList<>(ids.axes());
    y.add(width);
    t.output(0, y);
    if (Fused.hasOutput(node, 1)) {
      t.output(1, List.of(ids.axis(0)));
    }
    if (Fused.hasOutput(node, 2)) {
      t.output(2, y);
    }
  }
}
