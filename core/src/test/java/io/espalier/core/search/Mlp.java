package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
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
import io.espalier.trace.TrialSizes;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A chain of linear layers, written in a few lines; the output is what the last layer computes. */
final class Mlp {
  private static final int OPSET = 17;

  private final Graph.Builder builder = Graph.builder();
  private final Random random = new Random(0);
  private String last = "x";
  private int features;
  private boolean alike;

  /** A chain whose input has some features. */
  Mlp(int features) {
    this.features = features;
    builder.input(last, List.of(Dim.open("N"), Dim.of(features)));
  }

  /** From here on all weights are the same number. */
  Mlp alike() {
    alike = true;
    return this;
  }

  /** A linear layer without bias, and what makes it nonlinear. */
  Mlp linear(String name, int out) {
    layer(name, "MatMul", weight(name + ".weight", features, out));
    features = out;
    last = node("Relu", name + ".relu", List.of(last));
    return this;
  }

  /** A normalisation over the features. */
  Mlp norm(String name) {
    layer(name, "LayerNormalization", weight(name + ".weight", features));
    return this;
  }

  private void layer(String name, String operator, String weight) {
    last = node(operator, name, List.of(last, weight));
    int index = builder.nodes().size() - 1;
    builder.layer(new LayerNode(name, operator, List.of(index), List.of(), List.of(index)));
  }

  private String node(String operator, String name, List<String> inputs) {
    String output = name + "_output";
    builder.node(
        OpId.of(operator), OPSET, name, inputs, List.of(output), List.of(), new Unset(), Map.of());
    return output;
  }

  private String weight(String name, long... dims) {
    int size = 1;
    for (long dim : dims) {
      size *= (int) dim;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = alike ? 1 : (float) random.nextGaussian();
    }
    builder.constant(name, new Values(dims, values));
    return name;
  }

  /** The search space of the chain under rules. */
  SearchSpace space(Rules rules) {
    builder.output(last);
    Graph graph = builder.build();
    DMRegistry registry = DMRegistry.discover(Mlp.class.getClassLoader());
    SearchSpace space =
        new SearchSpace(
            new Traced(graph), new Solver(registry).solve(graph, TrialSizes.automatic()), registry);
    space.generate(rules);
    return space;
  }

  private record Traced(Graph graph) implements TracedModel {
    @Override
    public String fingerprint() {
      return "mlp";
    }

    @Override
    public String description() {
      return "a chain of linear layers";
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

  private static final class Values implements Constant {
    private final long[] dims;
    private final float[] values;

    Values(long[] dims, float[] values) {
      this.dims = dims;
      this.values = values;
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
      throw new UnsupportedOperationException("these are no integers");
    }

    @Override
    public FloatBuffer floats() {
      return FloatBuffer.wrap(values);
    }
  }

  /** No attribute is set. */
  private static final class Unset implements Attributes {
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
