package io.espalier.benchmarks;

import io.espalier.spi.Attributes;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.LayerNode;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Chains of blocks of any length, made without a file. Their weights have shapes alone. */
final class Chain {
  private static final int OPSET = 17;
  private static final long STREAM = 64;
  private static final long GROWTH = 32;

  private final Graph.Builder graph = Graph.builder();
  private String last = "input";
  private long channels = 3;

  private Chain() {
    graph.input("input", List.of(Dim.open("N"), Dim.of(3), Dim.of(32), Dim.of(32)));
  }

  /**
   * Residual blocks and concat blocks by turns: two convolutions that are added to what they read,
   * and one whose result stands beside what it reads until a third merges both.
   *
   * @param nodes at least so many nodes
   */
  static Graph alternating(int nodes) {
    Chain chain = new Chain();
    chain.convolution("stem", STREAM);
    for (int block = 0; chain.graph.nodes().size() < nodes; block++) {
      String name = "blocks." + block;
      String before = chain.last;
      if (block % 2 == 0) {
        chain.convolution(name + ".conv1", STREAM).norm(name + ".bn1").relu(name + ".relu1");
        chain.convolution(name + ".conv2", STREAM).norm(name + ".bn2");
        chain.node("Add", name + ".add", before, chain.last).relu(name + ".relu2");
      } else {
        chain.convolution(name + ".conv1", GROWTH).norm(name + ".bn1").relu(name + ".relu1");
        chain.node("Concat", name + ".concat", before, chain.last);
        chain.channels = STREAM + GROWTH;
        chain.convolution(name + ".conv2", STREAM).relu(name + ".relu2");
      }
    }
    return chain.convolution("head", 10).build();
  }

  /**
   * Concat blocks that read everything before them, as in DenseNet, so that axes are made of ever
   * more segments.
   *
   * @param nodes at least so many nodes
   */
  static Graph dense(int nodes) {
    Chain chain = new Chain();
    chain.convolution("stem", STREAM);
    for (int block = 0; chain.graph.nodes().size() < nodes; block++) {
      String name = "blocks." + block;
      String before = chain.last;
      long width = chain.channels;
      chain.norm(name + ".bn").relu(name + ".relu").convolution(name + ".conv", GROWTH);
      chain.node("Concat", name + ".concat", before, chain.last);
      chain.channels = width + GROWTH;
    }
    return chain.convolution("head", 10).build();
  }

  private Graph build() {
    graph.output(last);
    return graph.build();
  }

  private Chain convolution(String name, long width) {
    graph.constant(name + ".weight", new Shape(width, channels, 1, 1));
    graph.constant(name + ".bias", new Shape(width));
    node("Conv", name, last, name + ".weight", name + ".bias");
    channels = width;
    return layer(name, "Conv");
  }

  private Chain norm(String name) {
    List<String> parameters =
        List.of(name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var");
    parameters.forEach(parameter -> graph.constant(parameter, new Shape(channels)));
    node(
        "BatchNormalization",
        name,
        last,
        parameters.get(0),
        parameters.get(1),
        parameters.get(2),
        parameters.get(3));
    return layer(name, "BatchNormalization");
  }

  private Chain relu(String name) {
    return node("Relu", name, last);
  }

  private Chain node(String op, String name, String... inputs) {
    graph.node(
        OpId.of(op),
        OPSET,
        name,
        List.of(inputs),
        List.of(name),
        List.of(),
        new Defaults(),
        Map.of());
    last = name;
    return this;
  }

  private Chain layer(String name, String type) {
    List<Integer> own = List.of(graph.nodes().size() - 1);
    graph.layer(new LayerNode(name, type, own, List.of(), own));
    return this;
  }

  /** A weight nobody reads. */
  private static final class Shape implements Constant {
    private final long[] dims;

    Shape(long... dims) {
      this.dims = dims;
    }

    @Override
    public long[] dims() {
      return dims.clone();
    }

    @Override
    public boolean integer() {
      return false;
    }

    @Override
    public long[] longs() {
      throw new UnsupportedOperationException("a weight");
    }

    @Override
    public FloatBuffer floats() {
      return FloatBuffer.allocate(Math.toIntExact(size()));
    }
  }

  /** Every attribute at its default. */
  private record Defaults() implements Attributes {
    @Override
    public Set<String> names() {
      return Set.of();
    }

    @Override
    public long number(String name, long otherwise) {
      return otherwise;
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
      return Optional.empty();
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
