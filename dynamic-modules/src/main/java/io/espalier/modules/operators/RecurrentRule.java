package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recurrent layers: X [seq, batch, input], W [directions, gates * hidden, input], R [directions,
 * gates * hidden, hidden], B [directions, 2 * gates * hidden], initial states [directions, batch,
 * hidden], peepholes [directions, 3 * hidden], Y [seq, directions, batch, hidden], last states
 * [directions, batch, hidden]. With {@code layout} 1 the batch comes first.
 *
 * <p>The hidden width is one symbol in every gate and both directions.
 */
@AutoService(OperatorRule.class)
public final class RecurrentRule implements OperatorRule {
  private static final Map<OpId, Integer> GATES =
      Map.of(OpId.of("LSTM"), 4, OpId.of("GRU"), 3, OpId.of("RNN"), 1);

  private static final int BIAS = 3;
  private static final int INITIAL_HIDDEN = 5;
  private static final int INITIAL_CELL = 6;
  private static final int PEEPHOLES = 7;

  @Override
  public Set<OpId> operators() {
    return GATES.keySet();
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    Value r = node.input(2);
    long gates = GATES.getOrDefault(node.op(), 1);
    if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3 || !fit(node, gates)) {
      t.unsupported("its weights are not " + gates + " gates of one hidden width");
      return;
    }
    if (!w.parameter() || !r.parameter()) {
      t.unsupported(Reasons.fromData("its weights are"));
      return;
    }
    boolean batchFirst = node.attributes().number("layout", 0) != 0;
    Axis sequence = x.axis(batchFirst ? 1 : 0);
    Axis batch = x.axis(batchFirst ? 0 : 1);
    Axis directions = w.axis(0);
    t.freeze(sequence, "a recurrent layer runs along it");
    t.freeze(directions, "it counts the directions of a recurrent layer");

    Axis hidden = r.axis(2);
    t.role(hidden, "hidden_size");
    t.attribute("hidden_size", -1, t.extentOf(hidden));
    t.unify(directions, r.axis(0));
    t.unify(x.axis(2), w.axis(2));
    t.unify(w.axis(1), stacked(t, gates, hidden));
    t.unify(r.axis(1), stacked(t, gates, hidden));
    parameter(node, t, BIAS, 2 * gates, hidden);
    parameter(node, t, PEEPHOLES, 3, hidden);

    List<Axis> state =
        batchFirst ? List.of(batch, directions, hidden) : List.of(directions, batch, hidden);
    for (int i = INITIAL_HIDDEN; i <= INITIAL_CELL; i++) {
      Value initial = node.input(i);
      if (initial.zero()) {
        // Exporters make one state for all layers of a stack, whose widths it would tie.
        t.optional(i);
      } else {
        for (int axis = 0; axis < initial.rank(); axis++) {
          t.unify(initial.axis(axis), state.get(axis));
        }
      }
    }
    Axes.outputs(node, t, state);
    if (Axes.hasOutput(node, 0)) {
      t.output(
          0,
          batchFirst
              ? List.of(batch, sequence, directions, hidden)
              : List.of(sequence, directions, batch, hidden));
    }
    t.macs(directions, w.axis(1), w.axis(2), sequence, batch);
    t.macs(directions, r.axis(1), hidden, sequence, batch);
  }

  private static boolean fit(Node node, long gates) {
    long hidden = node.input(2).axis(2).extent();
    return node.input(1).axis(1).extent() == gates * hidden
        && node.input(2).axis(1).extent() == gates * hidden
        && fit(node.input(BIAS), 2 * gates * hidden, 2)
        && fit(node.input(PEEPHOLES), 3 * hidden, 2)
        && fit(node.input(INITIAL_HIDDEN), hidden, 3)
        && fit(node.input(INITIAL_CELL), hidden, 3);
  }

  private static boolean fit(Value value, long innermost, int rank) {
    return !value.present() || (value.rank() == rank && value.axis(-1).extent() == innermost);
  }

  private static Axis stacked(Typing t, long count, Axis hidden) {
    return t.product(
        List.of(Axes.frozen(t, count, "it counts the gates of a recurrent layer"), hidden));
  }

  private static void parameter(Node node, Typing t, int input, long count, Axis hidden) {
    Value value = node.input(input);
    if (value.present()) {
      t.unify(value.axis(0), node.input(1).axis(0));
      t.unify(value.axis(1), stacked(t, count, hidden));
    }
  }
}
