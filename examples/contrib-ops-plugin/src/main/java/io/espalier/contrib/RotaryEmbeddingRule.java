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
 * Rotates pairs of elements of each head by its position: x [batch, length, heads x width] or
 * [batch, heads, length, width], tables of cosines and sines [positions, pairs]. The members of a
 * pair lie half of the rotated width apart or, interleaved, side by side; what is not rotated comes
 * last.
 */
@AutoService(OperatorRule.class)
public final class RotaryEmbeddingRule implements OperatorRule {
  private static final int COSINES = 2;
  private static final int SINES = 3;

  @Override
  public Set<OpId> operators() {
    return Fused.operators("RotaryEmbedding");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value cosines = node.input(COSINES);
    if ((x.rank() != 3 && x.rank() != 4) || cosines.rank() != 2 || node.input(SINES).rank() != 2) {
      t.unsupported("its data must have three or four axes, and its tables two");
      return;
    }
    if (node.attributes().number("is_packed_batching", 0) != 0) {
      t.unsupported("it packs sentences of different lengths");
      return;
    }
    long heads = node.attributes().number("num_heads", 0);
    long rotated = 2 * cosines.axis(1).extent();
    boolean part = node.attributes().number("rotary_embedding_dim", 0) > 0;
    long last = x.axis(-1).extent();
    long width = x.rank() == 4 ? last : part ? last / Math.max(1, heads) : rotated;
    if (width < rotated || last % width != 0 || (part && heads < 1)) {
      t.unsupported("its tables do not fit its heads");
      return;
    }
    Axis pairs = cosines.axis(1);
    t.unify(node.input(SINES).axis(1), pairs);
    t.freeze(cosines.axis(0), "rows are picked from it by position");
    t.freeze(node.input(SINES).axis(0), "rows are picked from it by position");
    Axis head = head(t, pairs, width - rotated, node.attributes().number("interleaved", 0) != 0);
    if (x.rank() == 4) {
      t.unify(x.axis(3), head);
      follow(t, heads, x.axis(1));
    } else {
      Axis count = t.symbol(last / width);
      t.unify(x.axis(2), t.product(List.of(count, head)));
      follow(t, heads, count);
    }
    if (part) {
      t.attribute(
          "rotary_embedding_dim", -1, t.compute((a, b) -> a * b, t.extentOf(pairs), t.number(2)));
    }
    t.output(0, x.axes());
  }

  private static Axis head(Typing t, Axis pairs, long rest, boolean interleaved) {
    List<Axis> segments = new ArrayList<>();
    if (interleaved) {
      segments.add(t.product(List.of(pairs, t.fixed(2))));
    } else {
      segments.add(pairs);
      segments.add(pairs);
    }
    if (rest > 0) {
      segments.add(t.symbol(rest));
    }
    return segments.size() == 1 ? segments.get(0) : t.concat(segments);
  }

  private static void follow(Typing t, long attribute, Axis heads) {
    if (attribute > 0) {
      t.attribute("num_heads", -1, t.extentOf(heads));
    }
  }
}
