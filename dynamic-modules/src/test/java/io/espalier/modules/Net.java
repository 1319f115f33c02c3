package io.espalier.modules;

import io.espalier.spi.Attributes;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Solver;
import io.espalier.trace.TrialSizes;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A network of a few nodes, written in a few lines. */
public final class Net {
  private static final DMRegistry REGISTRY = DMRegistry.discover(Net.class.getClassLoader());

  private final Graph.Builder builder = Graph.builder();
  private int opset = 17;

  /** The operator set of the nodes that follow; 17 unless said otherwise. */
  public Net opset(int version) {
    opset = version;
    return this;
  }

  /** An input; -1 leaves a dimension open. */
  public Net input(String name, long... dims) {
    builder.input(
        name, Arrays.stream(dims).mapToObj(n -> n < 0 ? Dim.open("") : Dim.of(n)).toList());
    return this;
  }

  /** A parameter whose values differ from one another. */
  public Net weight(String name, long... dims) {
    int size = (int) Arrays.stream(dims).reduce(1, (x, y) -> x * y);
    builder.constant(
        name, new Values(false, dims, IntStream.rangeClosed(1, size).asDoubleStream().toArray()));
    return this;
  }

  /** Integers in a list. */
  public Net ints(String name, long... values) {
    builder.constant(
        name,
        new Values(
            true, new long[] {values.length}, Arrays.stream(values).asDoubleStream().toArray()));
    return this;
  }

  /** One integer without an axis. */
  public Net scalar(String name, long value) {
    builder.constant(name, new Values(true, new long[0], new double[] {value}));
    return this;
  }

  /** Floating-point numbers in a list. */
  public Net reals(String name, double... values) {
    builder.constant(name, new Values(false, new long[] {values.length}, values));
    return this;
  }

  /**
   * A node that is called as its first output is.
   *
   * @param outputs names, separated by commas; empty for one that is left out
   * @param inputs names, as the outputs
   * @param attributes names and values by turns
   */
  public Net node(String op, String outputs, String inputs, Object... attributes) {
    List<String> outs = names(outputs);
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attributes[i + 1]);
    }
    builder.node(
        OpId.of(op), opset, outs.get(0), names(inputs), outs, List.of(), new Given(map), Map.of());
    return this;
  }

  /** A layer made of the nodes that were added last. */
  public Net layer(String name, String type, int count) {
    int nodes = builder.nodes().size();
    List<Integer> own = IntStream.range(nodes - count, nodes).boxed().toList();
    builder.layer(new LayerNode(name, type, own, List.of(), own));
    return this;
  }

  /** A container of layers that have no nodes of their own. */
  public Net container(String name, String... children) {
    return container("nn.Sequential", name, children);
  }

  public Net chain(String name, String... children) {
    return container("Blocks", name, children);
  }

  private Net container(String type, String name, String... children) {
    List<LayerNode> inside =
        Arrays.stream(children)
            .map(child -> new LayerNode(child, "Block", List.of(), List.of(), List.of()))
            .toList();
    builder.layer(new LayerNode(name, type, List.of(), inside, List.of()));
    return this;
  }

  public Net output(String name) {
    builder.output(name);
    return this;
  }

  /** Solves the network with everything that is registered on the class path. */
  public Solved solve() {
    return new Solved(
        new Solver(REGISTRY).solve(builder.build(), TrialSizes.automatic()), REGISTRY);
  }

  private static List<String> names(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::trim).toList();
  }

  /** Numbers in memory, which are integers or not. */
  private static final class Values implements Constant {
    private final boolean integer;
    private final long[] dims;
    private final double[] values;

    Values(boolean integer, long[] dims, double[] values) {
      this.integer = integer;
      this.dims = dims.clone();
      this.values = values.clone();
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
    public long[] longs() {
      return Arrays.stream(values).mapToLong(value -> (long) value).toArray();
    }

    @Override
    public FloatBuffer floats() {
      FloatBuffer buffer = FloatBuffer.allocate(values.length);
      Arrays.stream(values).forEach(value -> buffer.put((float) value));
      return buffer.flip();
    }
  }

  /** Attributes out of a map. */
  private record Given(Map<String, Object> map) implements Attributes {
    @Override
    public Set<String> names() {
      return map.keySet();
    }

    @Override
    public long number(String name, long otherwise) {
      Object value = map.get(name);
      return value instanceof Integer || value instanceof Long
          ? ((Number) value).longValue()
          : otherwise;
    }

    @Override
    public double real(String name, double otherwise) {
      return map.get(name) instanceof Double value ? value : otherwise;
    }

    @Override
    public String text(String name, String otherwise) {
      return map.get(name) instanceof String value ? value : otherwise;
    }

    @Override
    public Optional<long[]> numbers(String name) {
      return map.get(name) instanceof long[] values
          ? Optional.of(values.clone())
          : Optional.empty();
    }

    @Override
    public Optional<double[]> reals(String name) {
      return map.get(name) instanceof double[] values
          ? Optional.of(values.clone())
          : Optional.empty();
    }

    @Override
    public Optional<String[]> texts(String name) {
      return Optional.empty();
    }
  }
}
