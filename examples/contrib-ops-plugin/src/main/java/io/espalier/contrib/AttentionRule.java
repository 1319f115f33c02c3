package io.espalier.contrib;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Set;

/**
 * Attention with its input projection: x [batch, length, in], weight [in, q + k + v] and bias [q +
 * k + v] give y [batch, length, v], where q = k = heads x qk and v = heads x value width.
 *
 * <p>The sizes of q, k and v follow in {@code qkv_hidden_sizes}, which is added where they come to
 * differ. With a cache of past keys and values [2, batch, heads, past, qk] they may not.
 */
@AutoService(OperatorRule.class)
public final class AttentionRule implements OperatorRule {
  private static final int PAST = 4;
  private static final int SCORE_BIAS = 5;
  private static final int LENGTH_OF_PAST = 6;
  private static final String SIZES = "qkv_hidden_sizes";

  @Override
  public Set<OpId> operators() {
    return Fused.operators("Attention");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value weight = node.input(1);
    long heads = node.attributes().number("num_heads", 0);
    if (x.rank() != 3 || weight.rank() != 2 || heads < 1) {
      t.unsupported("its data must be [batch, length, in], and its weight [in, q + k + v]");
      return;
    }
    long third = weight.axis(1).extent() / 3;
    long[] sizes = node.attributes().numbers(SIZES).orElse(new long[] {third, third, third});
    if (sizes.length != 3
        || sizes[0] != sizes[1]
        || sizes[0] + sizes[1] + sizes[2] != weight.axis(1).extent()
        || sizes[0] % heads != 0
        || sizes[2] % heads != 0) {
      t.unsupported("its weight does not hold queries, keys and values of " + heads + " heads");
      return;
    }
    if (node.attributes().number("do_rotary", 0) != 0 || Fused.hasInputFrom(node, LENGTH_OF_PAST)) {
      t.unsupported("it rotates its queries, or shares a buffer with the past");
      return;
    }
    boolean cached = node.input(PAST).present() || Fused.hasOutput(node, 1);
    if (cached && sizes[0] != sizes[2]) {
      t.unsupported("its cache holds keys and values of different sizes");
      return;
    }
    Heads parts = new Heads(t, heads, sizes[0] / heads, sizes[2] / heads, cached);
    t.attribute("num_heads", -1, t.extentOf(parts.heads()));
    if (!cached) {
      List<Axis> each = List.of(parts.queries(), parts.queries(), parts.values());
      for (int i = 0; i < each.size(); i++) {
        t.attribute(SIZES, i, t.extentOf(each.get(i)));
      }
    }
    t.unify(weight.axis(0), x.axis(2));
    t.unify(weight.axis(1), parts.all());
    Fused.unifyVector(t, node.input(2), parts.all());
    Fused.unifyBias(t, node.input(SCORE_BIAS), parts.heads());
    t.output(0, Fused.withLast(x.axes(), parts.values()));

    Axis keys = keys(node, t, parts);
    if (Fused.hasOutput(node, 1)) {
      t.output(1, List.of(t.fixed(2), x.axis(0), parts.heads(), keys, parts.width()));
    }
    t.macs(x.axis(0), x.axis(1), x.axis(2), weight.axis(1));
    parts.macs(x.axis(0), x.axis(1), keys);
  }

  /** The lengths of the past and of the present. */
  private static Axis keys(Node node, Typing t, Heads parts) {
    Axis length = node.input(0).axis(1);
    Value past = node.input(PAST);
    if (past.rank() != 5) {
      return length;
    }
    t.unify(past.axis(2), parts.heads());
    t.unify(past.axis(4), parts.width());
    return t.concat(List.of(past.axis(3), length));
  }
}
