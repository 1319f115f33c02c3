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
 * Attention in which several query heads share a key-value head: queries [batch, length, kv x group
 * x width], keys and values [batch, length, kv x width] give y [batch, length, kv x group x width].
 * All three may come side by side in the first input. The width of a head stays, since the kernel
 * takes multiples of 8 only, and scales and rotates by it.
 */
@AutoService(OperatorRule.class)
public final class GroupQueryAttentionRule implements OperatorRule {
  private static final int PAST_KEYS = 3;
  private static final int PAST_VALUES = 4;
  private static final int COSINES = 7;
  private static final int SINES = 8;
  private static final int SCORE_BIAS = 10;
  private static final int SINK = 11;
  private static final int SCALES_OF_CACHE = 12;

  @Override
  public Set<OpId> operators() {
    return Fused.operators("GroupQueryAttention");
  }

  @Override
  public void type(Node node, Typing t) {
    Value queries = node.input(0);
    boolean packed = !node.input(1).present() && !node.input(2).present();
    long heads = node.attributes().number("num_heads", 0);
    long shared = node.attributes().number("kv_num_heads", 0);
    if (heads < 1 || shared < 1 || heads % shared != 0 || queries.rank() != 3) {
      t.unsupported("its " + heads + " heads do not share " + shared + " key-value heads");
      return;
    }
    long parts = packed ? heads + 2 * shared : heads;
    if (queries.axis(2).extent() % parts != 0
        || (!packed && (node.input(1).rank() != 3 || node.input(2).rank() != 3))) {
      t.unsupported("its queries, keys and values do not make up its heads");
      return;
    }
    if (Fused.hasInputFrom(node, SCALES_OF_CACHE) || Fused.hasOutput(node, 3)) {
      t.unsupported("its cache is quantised, or it returns its scores");
      return;
    }
    Axis kv = t.symbol(shared);
    Axis group = t.symbol(heads / shared);
    Axis width =
        Fused.frozen(
            t,
            queries.axis(2).extent() / parts,
            "the kernel scales the scores by the width of a head, and takes multiples of 8 only");
    t.role(kv, "kv_heads");
    t.role(group, "num_key_value_groups");
    Axis all = t.product(List.of(kv, group));
    t.attribute("num_heads", -1, t.extentOf(all));
    t.attribute("kv_num_heads", -1, t.extentOf(kv));
    Axis query = t.product(List.of(kv, group, width));
    Axis key = t.product(List.of(kv, width));
    if (packed) {
      t.unify(queries.axis(2), t.concat(List.of(query, key, key)));
    } else {
      t.unify(queries.axis(2), query);
      t.unify(node.input(1).axis(2), key);
      t.unify(node.input(2).axis(2), key);
    }
    for (int table : new int[] {COSINES, SINES}) {
      node.input(table).axes().forEach(axis -> t.freeze(axis, "it rotates heads by this table"));
    }
    Fused.unifyBias(t, node.input(SCORE_BIAS), all);
    Fused.unifyVector(t, node.input(SINK), all);
    Axis keys = keys(node, t, kv, width, packed);
    Axis batch = queries.axis(0);
    Axis length = queries.axis(1);
    t.output(0, List.of(batch, length, query));
    for (int present = 1; present <= 2; present++) {
      if (Fused.hasOutput(node, present)) {
        t.output(present, List.of(batch, kv, keys, width));
      }
    }
    t.macs(batch, kv, group, length, keys, width);
    t.macs(batch, kv, group, length, keys, width);
  }

  /** The lengths of the past and of the present. */
  private static Axis keys(Node node, Typing t, Axis kv, Axis width, boolean packed) {
    Axis present = node.input(packed ? 0 : 1).axis(1);
    if (node.input(PAST_KEYS).rank() != 4 || node.input(PAST_VALUES).rank() != 4) {
      return present;
    }
    for (int past : new int[] {PAST_KEYS, PAST_VALUES}) {
      t.unify(node.input(past).axis(1), kv);
      t.unify(node.input(past).axis(3), width);
    }
    return t.concat(List.of(node.input(PAST_KEYS).axis(2), present));
  }
}
