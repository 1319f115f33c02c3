package io.espalier.core.checks;

import io.espalier.core.rules.Rules;
import io.espalier.core.space.Space;
import io.espalier.core.space.SpaceBuilder;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.Attributes;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A network of four convolutions: {@code x [N, 3, 8, 8]}, {@code conv1} of some channels, twice one
 * and the same pointwise weight, {@code conv2} of 4 channels. Its output is {@code y}.
 *
 * @param channels those between the convolutions
 * @param bias the length of the bias of conv1; that of its channels in every network that runs
 * @param integral whether the weight of conv1 is said to hold integers
 */
record Convolutions(int channels, int bias, boolean integral) {
  static final DMRegistry REGISTRY = DMRegistry.discover(Convolutions.class.getClassLoader());

  private static final int OPSET = 17;

  static Convolutions of(int channels) {
    return new Convolutions(channels, channels, false);
  }

  Graph graph() {
    return graph("y");
  }

  Graph graph(String output) {
    Graph.Builder builder = Graph.builder();
    builder.input("x", List.of(Dim.open("N"), Dim.of(3), Dim.of(8), Dim.of(8)));
    builder.constant("w1", new Values(channels, 3, 3, 3));
    builder.constant("b1", new Values(bias));
    builder.constant("shared", new Values(channels, channels, 1, 1));
    builder.constant("w2", new Values(4, channels, 3, 3));
    if (integral) {
      builder.integral("w1");
    }
    conv(builder, "conv1", List.of("x", "w1", "b1"), "a", 3);
    conv(builder, "first", List.of("a", "shared"), "b", 1);
    conv(builder, "second", List.of("b", "shared"), "c", 1);
    conv(builder, "conv2", List.of("c", "w2"), output, 3);
    builder.output(output);
    return builder.build();
  }

  private static void conv(
      Graph.Builder builder, String name, List<String> inputs, String output, long kernel) {
    long pad = kernel / 2;
    Map<String, long[]> attributes =
        Map.of(
            "kernel_shape", new long[] {kernel, kernel}, "pads", new long[] {pad, pad, pad, pad});
    OpId op = OpId.of("Conv");
    int node =
        builder.node(
            op, OPSET, name, inputs, List.of(output), List.of(), new Lists(attributes), Map.of());
    builder.layer(new LayerNode(name, "Conv", List.of(node), List.of(), List.of(node)));
  }

  SymMap map() {
    return new Solver(REGISTRY).solve(graph(), TrialSizes.automatic());
  }

  Space space(SymMap map) {
    return SpaceBuilder.build(
        new Traced(map.graph()),
        map,
        REGISTRY,
        Rules.everything().resolve(REGISTRY.modules().values()));
  }

  /** A cut to fewer channels, everything else as it is. */
  static Cut cut(SymMap map, int channels) {
    return new Cut(
        map,
        symbol -> symbol.window() ? symbol.extent() : channels,
        new int[map.symbols().size()][],
        List.of());
  }

  private record Traced(Graph graph) implements TracedModel {
    @Override
    public String fingerprint() {
      return "convolutions";
    }

    @Override
    public String description() {
      return "four convolutions";
    }

    @Override
    public TracedModel carve(Cut cut, Prover prover) {
      throw new UnsupportedOperationException("this network is only analysed");
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException("this network is only analysed");
    }
  }

  /** A weight of zeros, stored once for all that read it. */
  static final class Values implements Constant {
    private final long[] dims;

    Values(long... dims) {
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
    public boolean single() {
      return true;
    }

    @Override
    public long[] longs() {
      throw new UnsupportedOperationException("these are no integers");
    }

    @Override
    public FloatBuffer floats() {
      return FloatBuffer.allocate((int) size());
    }
  }

  /** Attributes that are lists of integers. */
  private static final class Lists implements Attributes {
    private final Map<String, long[]> lists;

    Lists(Map<String, long[]> lists) {
      this.lists = lists;
    }

    @Override
    public Set<String> names() {
      return lists.keySet();
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
      return Optional.ofNullable(lists.get(name));
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
