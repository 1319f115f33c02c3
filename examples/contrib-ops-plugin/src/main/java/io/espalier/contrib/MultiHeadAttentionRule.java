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
 * Attention between projections: queries [batch, length, heads x qk], keys [batch, keys, heads x
 * qk] and values [batch, keys, heads x v] give y [batch, length, heads x v]. Keys and values may
 * come with the heads in front, both [batch, heads, keys, qk]. A bias [q + k + v] is added to all
 * three.
 */
@AutoService(OperatorRule.class)
public final class MultiHeadAttentionRule implements OperatorRule {
  private static final int BIAS = 3;
  private static final int SCORE_BIAS = 5;
  private static final int PAST_KEYS = 6;
  private static final int PAST_VALUES = 7;
  private static final int LENGTH_OF_PAST = 8;

  @Override
  public Set<OpId> operators() {
    return Fused.operators("MultiHeadAttention");
  }

  @Override
  public void type(Node node, Typing t) {
    Value queries = node.input(0);
    Value keys = node.input(1);
    Value values = node.input(2);
    long heads = node.attributes().number("num_heads", 0);
    if (heads < 1 || Fused.hasInputFrom(node, LENGTH_OF_PAST)) {
      t.unsupported("it has no heads, or shares a buffer with the past");
      return;
    }
    boolean cached =
        node.input(PAST_KEYS).present() || Fused.hasOutput(node, 1) || Fused.hasOutput(node, 2);
    if (queries.rank() == 5 || keys.rank() == 5) {
      t.unsupported(
          "it packs queries, keys or values, for which a CPU has no kernel to check with");
    } else if (queries.rank() == 3 && keys.rank() == 4 && values.rank() == 4) {
      Heads parts = new Heads(t, heads, keys.axis(3).extent(), keys.axis(3).extent(), true);
      for (Value each : List.of(keys, values)) {
        t.unify(each.axis(1), parts.heads());
        t.unify(each.axis(3), parts.width());
      }
      t.unify(queries.axis(2), parts.queries());
      finish(node, t, parts, keys.axis(2));
    } else if (queries.rank() == 3
        && keys.rank() == 3
        && values.rank() == 3
        && keys.axis(2).extent() % heads == 0
        && values.axis(2).extent() % heads == 0) {
      Heads parts =
          new Heads(
              t, heads, keys.axis(2).extent() / heads, values.axis(2).extent() / heads, cached);
      t.unify(queries.axis(2), parts.queries());
      t.unify(keys.axis(2), parts.queries());
      t.unify(values.axis(2), parts.values());
      finish(node, t, parts, keys.axis(1));
    } else {
      t.unsupported("its queries, keys and values do not make up " + heads + " heads");
    }
  }

  private static void finish(Node node, Typing t, Heads parts, Axis keys) {
    Value queries = node.input(0);
    t.attribute("num_heads", -1, t.extentOf(parts.heads()));
    Fused.unifyVector(t, node.input(BIAS), parts.all());
    Fused.unifyBias(t, node.input(SCORE_BIAS), parts.heads());
    Axis all = keys;
    if (node.input(PAST_KEYS).rank() == 4 && node.input(PAST_VALUES).rank() == 4) {
      for (int past : new int[] {PAST_KEYS, PAST_VALUES}) {
        t.unify(node.input(past).axis(1), parts.heads());
        t.unify(node.input(past).axis(3), parts.width());
      }
      all = t.concat(List.of(node.input(PAST_KEYS).axis(2), keys));
    }
    Axis batch = queries.axis(0);
    t.output(0, List.of(batch, queries.axis(1), parts.values()));
    for (int present = 1; present <= 2; present++) {
      if (Fused.hasOutput(node, present)) {
        t.output(present, List.of(batch, parts.heads(), all, parts.width()));
      }
    }
    if (Fused.hasOutput(node, 3)) {
      t.output(3, List.of(batch, parts.heads(), queries.axis(1), all));
    }
    parts.macs(batch, queries.axis(1), all);
  }
}
