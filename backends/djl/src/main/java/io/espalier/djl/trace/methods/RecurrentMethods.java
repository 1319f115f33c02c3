package io.espalier.djl.trace.methods;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.tape.Ops;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: one ONNX operator for each of the stacked layers. What differs is made up for
 * by operators on the parameters: DJL orders the gates of an LSTM as input, forget, cell, output
 * and ONNX as input, output, forget, cell; those of a GRU as reset, update, new and update, reset,
 * new.
 */
final class RecurrentMethods {
  private static final List<Integer> LSTM_GATES = List.of(0, 3, 1, 2);
  private static final List<Integer> GRU_GATES = List.of(1, 0, 2);
  private static final List<Integer> RNN_GATES = List.of(0);

  /** What a recurrent layer is made of. */
  private record Kind(String op, List<Integer> gates, Settings settings) {}

  private RecurrentMethods() {}

  static void register(Methods methods) {
    methods.put(
        "lstm", call -> run(call, new Kind("LSTM", LSTM_GATES, Settings.NONE), call.values(1)));
    methods.put(
        "gru",
        call ->
            run(
                call,
                new Kind("GRU", GRU_GATES, Settings.of("linear_before_reset", 1)),
                List.of(call.value(1))));
    methods.put(
        "rnn",
        call -> run(call, new Kind("RNN", RNN_GATES, activation(call)), List.of(call.value(1))));
  }

  private static Settings activation(Invocation call) {
    String name = String.valueOf(call.arg(5));
    String onnx = name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    boolean both = call.flag(8);
    return call.arg(5) == RNN.Activation.TANH
        ? Settings.NONE
        : Settings.NONE.and("activations", both ? List.of(onnx, onnx) : List.of(onnx));
  }

  private static NDList run(Invocation call, Kind kind, List<Value> states) {
    int layers = call.integer(4);
    boolean bidirectional = call.flag(call.count() - 2);
    boolean batchFirst = call.flag(call.count() - 1);
    boolean biased = call.flag(3);
    if (bidirectional && biased) {
      throw new Untraceable(
          "is a bidirectional "
              + kind.op()
              + " with biases, whose parameters DJL hands over in the wrong order; build it with"
              + " optHasBiases(false)");
    }
    Ops ops = call.ops();
    Value x = batchFirst ? ops.transpose(call.value(0), 1, 0, 2) : call.value(0);
    List<Value> parameters = call.values(2);
    int each = parameters.size() / layers;
    List<List<Value>> last = new ArrayList<>();
    states.forEach(state -> last.add(new ArrayList<>()));
    for (int layer = 0; layer < layers; layer++) {
      List<Value> own = parameters.subList(layer * each, (layer + 1) * each);
      List<Value> y = layer(call, kind, x, states, own, layer, bidirectional, biased);
      x = joined(ops, y.get(0));
      for (int i = 0; i < states.size(); i++) {
        last.get(i).add(y.get(i + 1));
      }
    }
    NDList results = call.results(batchFirst ? ops.transpose(x, 1, 0, 2) : x);
    for (List<Value> ends : last) {
      results.add(call.result(ends.size() == 1 ? ends.get(0) : ops.concat(ends, 0)));
    }
    return results;
  }

  /** [sequence, directions, batch, hidden] to [sequence, batch, directions x hidden]. */
  private static Value joined(Ops ops, Value y) {
    if (y.dim(1) == 1) {
      return ops.squeeze(y, 1);
    }
    Value turned = ops.transpose(y, 0, 2, 1, 3);
    return ops.reshape(turned, turned.dim(0), turned.dim(1), turned.dim(2) * turned.dim(3));
  }

  private static List<Value> layer(
      Invocation call,
      Kind kind,
      Value x,
      List<Value> states,
      List<Value> parameters,
      int layer,
      boolean bidirectional,
      boolean biased) {
    Ops ops = call.ops();
    int directions = bidirectional ? 2 : 1;
    List<Value> w = new ArrayList<>();
    List<Value> r = new ArrayList<>();
    for (int direction = 0; direction < directions; direction++) {
      w.add(ops.unsqueeze(ordered(ops, parameters.get(2 * direction), kind), 0));
      r.add(ops.unsqueeze(ordered(ops, parameters.get(2 * direction + 1), kind), 0));
    }
    Value bias =
        !biased
            ? null
            : ops.unsqueeze(
                ops.concat(
                    List.of(
                        ordered(ops, parameters.get(2), kind),
                        ordered(ops, parameters.get(3), kind)),
                    0),
                0);
    long hidden = r.get(0).dim(2);
    List<@Nullable Value> operands = new ArrayList<>();
    operands.add(x);
    operands.add(w.size() == 1 ? w.get(0) : ops.concat(w, 0));
    operands.add(r.size() == 1 ? r.get(0) : ops.concat(r, 0));
    operands.add(bias);
    operands.add(null);
    for (Value state : states) {
      // zeros are what a state starts from anyway
      operands.add(state.isZero() ? null : part(ops, state, layer, directions));
    }
    while (operands.get(operands.size() - 1) == null) {
      operands.remove(operands.size() - 1);
    }
    Shape state = new Shape(directions, x.dim(1), hidden);
    List<Shape> shapes = new ArrayList<>();
    shapes.add(new Shape(x.dim(0), directions, x.dim(1), hidden));
    states.forEach(any -> shapes.add(state));
    DataType[] types = new DataType[shapes.size()];
    Arrays.fill(types, x.type());
    return call.tape()
        .record(
            OpId.of(kind.op()),
            kind.settings()
                .and("hidden_size", hidden)
                .and("direction", bidirectional ? "bidirectional" : "forward"),
            shapes,
            List.of(types),
            operands.toArray(Value[]::new));
  }

  private static Value part(Ops ops, Value state, int layer, int directions) {
    long from = (long) layer * directions;
    return state.dim(0) == directions
        ? state
        : ops.slice(state, 0, from, from + directions, 1, directions);
  }

  /** The gates in the order of ONNX. */
  private static Value ordered(Ops ops, Value parameter, Kind kind) {
    int count = kind.gates().size();
    if (count == 1) {
      return parameter;
    }
    long[] sizes = new long[count];
    Arrays.fill(sizes, parameter.dim(0) / count);
    List<Value> gates = ops.split(parameter, 0, sizes);
    return ops.concat(kind.gates().stream().map(gates::get).toList(), 0);
  }
}
