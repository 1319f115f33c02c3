package io.espalier.trace;

import io.espalier.spi.Attributes;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A small network, written in a few lines. */
final class Net {
  final Graph.Builder builder = Graph.builder();
  private final Map<String, List<Dim>> declared = new HashMap<>();
  private List<String> captured = List.of();

  /** An input; -1 leaves a dimension open. */
  Net input(String name, long... dims) {
    List<Dim> list = new ArrayList<>();
    for (long dim : dims) {
      list.add(dim < 0 ? Dim.open("") : Dim.of(dim));
    }
    builder.input(name, list);
    return this;
  }

  Net inputOfUnknownShape(String name) {
    builder.input(name, null);
    return this;
  }

  /** A parameter whose values differ from one another. */
  Net weight(String name, long... dims) {
    builder.constant(name, new Values(false, false, dims, i -> i + 1));
    return this;
  }

  /** A parameter that is one and the same for all its uses. */
  Net single(String name, long... dims) {
    builder.constant(name, new Values(false, true, dims, i -> i + 1));
    return this;
  }

  /** A parameter whose values are all the same. */
  Net filled(String name, float value, long... dims) {
    builder.constant(name, new Values(false, false, dims, i -> value));
    return this;
  }

  Net ints(String name, long... values) {
    return integers(name, new long[] {values.length}, values);
  }

  Net scalar(String name, long value) {
    return integers(name, new long[0], value);
  }

  Net table(String name, long rows, long columns, long... values) {
    return integers(name, new long[] {rows, columns}, values);
  }

  private Net integers(String name, long[] dims, long... values) {
    builder.constant(name, new Values(true, false, dims, i -> values[i]));
    return this;
  }

  /** The shape that the model declares for a tensor of a node that comes later; -1 for open. */
  Net declare(String name, long... dims) {
    declared.put(
        name, Arrays.stream(dims).mapToObj(n -> n < 0 ? Dim.open("") : Dim.of(n)).toList());
    return this;
  }

  /** Tensors that sub-graphs of the next node read. */
  Net capturing(String... names) {
    captured = List.of(names);
    return this;
  }

  /** A node that is called as its first output is. */
  Net node(String op, String outputs, String inputs, Object... attributes) {
    return node(13, op, outputs, inputs, attributes);
  }

  Net node(int opset, String op, String outputs, String inputs, Object... attributes) {
    List<String> outs = names(outputs);
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attributes[i + 1]);
    }
    builder.node(
        OpId.of(op), opset, outs.get(0), names(inputs), outs, captured, new Given(map), declared);
    captured = List.of();
    return this;
  }

  private static List<String> names(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::trim).toList();
  }

  Net output(String name) {
    builder.output(name);
    return this;
  }

  Solved solve(Object... moreRules) {
    return solve(TrialSizes.automatic(), moreRules);
  }

  Solved solve(TrialSizes sizes, Object... moreRules) {
    return new Solved(solver(moreRules).solve(builder.build(), sizes));
  }

  /** A solver with the hand-made rules and these. */
  static Solver solver(Object... moreRules) {
    return new Solver(DMRegistry.of(HandMade.rules()).with(moreRules));
  }

  /** Numbers in memory, which are integers or not. */
  private static final class Values implements Constant {
    private final boolean integer;
    private final boolean single;
    private final long[] dims;
    private final IntToDoubleFunction element;

    Values(boolean integer, boolean single, long[] dims, IntToDoubleFunction element) {
      this.integer = integer;
      this.single = single;
      this.dims = dims.clone();
      this.element = element;
    }

    private DoubleStream values() {
      return IntStream.range(0, (int) size()).mapToDouble(element);
    }

    @Override
    public long[] dims() {
      return dims.clone();
    }

    @Override
    public boolean integer() {
      return integer;
    }

    @Override
    public boolean single() {
      return single;
    }

    @Override
    public long[] longs() {
      return values().mapToLong(value -> (long) value).toArray();
    }

    @Override
    public FloatBuffer floats() {
      FloatBuffer buffer = FloatBuffer.allocate((int) size());
      values().forEach(value -> buffer.put((float) value));
      return buffer.flip();
    }
  }

  /** Attributes out of a map, of the types a test needs. */
  record Given(Map<String, Object> map) implements Attributes {
    @Override
    public Set<String> names() {
      return map.keySet();
    }

    @Override
    public long number(String name, long otherwise) {
      return map.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    @Override
    public double real(String name, double otherwise) {
      return otherwise;
    }

    @Override
    public String text(String name, String otherwise) {
      return otherwise;
    }

    @Override
    public Optional<long[]> numbers(String name) {
      return map.get(name) instanceof long[] numbers ? Optional.of(numbers) : Optional.empty();
    }

    @Override
    public Optional<double[]> reals(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<String[]> texts(String name) {
      return Optional.empty();
    }
  }
}
