package io.espalier.contrib;

import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the rules of this package have in common. */
final class Fused {
  static final String DOMAIN = "com.microsoft";

  private Fused() {}

  /** Operators of ONNX Runtime's own domain. */
  static Set<OpId> operators(String... names) {
    Set<OpId> operators = new LinkedHashSet<>();
    for (String name : names) {
      operators.add(OpId.of(DOMAIN, name));
    }
    return operators;
  }

  /** A width of its own that may not change, for a reason. */
  static Axis frozen(Typing t, long extent, String reason) {
    Axis axis = t.symbol(extent);
    t.freeze(axis, reason);
    return axis;
  }

  /** Whether a node has this output. */
  static boolean hasOutput(Node node, int index) {
    return index < node.outputs().size() && node.outputs().get(index).present();
  }

  /** Whether a node has this input, or any behind it. */
  static boolean hasInputFrom(Node node, int index) {
    return node.inputs().stream().skip(index).anyMatch(Value::present);
  }

  /** Axes with another innermost one. */
  static List<Axis> withLast(List<Axis> axes, Axis last) {
    List<Axis> changed = new ArrayList<>(axes);
    changed.set(changed.size() - 1, last);
    return changed;
  }

  /** Ties an input of one axis, such as a bias, where it is there. */
  static void unifyVector(Typing t, Value vector, Axis axis) {
    if (vector.present() && vector.rank() == 1) {
      t.unify(vector.axis(0), axis);
    }
  }

  /**
   * Ties an addend of attention scores [batch or 1, heads or 1, queries, keys] to the heads.
   *
   * @param heads the query heads
   */
  static void unifyBias(Typing t, Value bias, Axis heads) {
    if (bias.present() && bias.rank() == 4 && bias.axis(1).extent() > 1) {
      t.unify(bias.axis(1), heads);
    }
  }

  /**
   * Ties two operands of a contraction; two activations must both be restricted to what is kept.
   */
  static void contract(Node node, Typing t, Axis x, Axis y) {
    t.unify(x, y);
    if (!node.input(0).parameter() && !node.input(1).parameter()) {
      t.normalised(x, 0);
      t.normalised(y, 1);
    }
  }
}
