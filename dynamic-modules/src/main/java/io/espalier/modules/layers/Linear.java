package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.modules.operators.Equation;
import io.espalier.spi.Axis;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.Hparams;
import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.RuleOption;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A linear layer: a product with a matrix of parameters, on either side and stored either way; with
 * a stack of matrices behind the data; or written as an equation. Its weight tells how much each
 * input feature matters.
 */
@AutoService(DynamicModule.class)
public final class Linear implements DynamicModule {
  private static final String EINSUM = "Einsum";
  private static final String QUANTISED = "QLinearMatMul";

  /**
   * A weight: which input of which node, the axes of it that the sum runs over, and those that come
   * out, outer to inner. The axes of a stack are neither.
   */
  private record Weight(Node node, int input, List<Integer> inner, List<Integer> outer) {
    Value value() {
      return node.input(input);
    }
  }

  @Override
  public String key() {
    return "nn.Linear";
  }

  @Override
  public List<RuleOption> options() {
    return List.of(Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
  }

  @Override
  public boolean matches(Layer layer) {
    return weight(layer).isPresent();
  }

  @Override
  public void describe(Layer layer, Hparams hparams) {
    Weight weight = weight(layer).orElseThrow();
    width(hparams, "in_features", weight, weight.inner());
    width(hparams, "out_features", weight, weight.outer());
    weight.inner().forEach(axis -> hparams.consumes(weight.node(), weight.input(), axis));
  }

  private static void width(Hparams hparams, String name, Weight weight, List<Integer> axes) {
    if (!axes.isEmpty()) {
      List<Axis> widths = axes.stream().map(axis -> weight.value().axis(axis)).toList();
      hparams.width(name, widths, Options.FEATURES_RATIO, Options.FEATURE_DIVISOR);
    }
  }

  private static Optional<Weight> weight(Layer layer) {
    return Nodes.owner(layer, "Gemm")
        .or(() -> Nodes.owner(layer, "MatMul"))
        .or(() -> Nodes.owner(layer, "MatMulInteger"))
        .or(() -> Nodes.owner(layer, QUANTISED))
        .map(Linear::matrix)
        .or(() -> Nodes.owner(layer, EINSUM).flatMap(Linear::term))
        .filter(weight -> weight.value().parameter());
  }

  private static Weight matrix(Node node) {
    int second = node.op().name().equals(QUANTISED) ? 3 : 1;
    boolean right = node.input(second).parameter();
    boolean transposed = node.attributes().number(right ? "transB" : "transA", 0) != 0;
    int rank = node.input(right ? second : 0).rank();
    if (rank < 2 || (rank > 2 && !right)) {
      return new Weight(node, Integer.MAX_VALUE, List.of(), List.of());
    }
    int inner = right == transposed ? rank - 1 : rank - 2;
    return new Weight(node, right ? second : 0, List.of(inner), List.of(2 * rank - 3 - inner));
  }

  /** The one term of an equation that is made of parameters and shares a sum with the others. */
  private static Optional<Weight> term(Node node) {
    List<Value> inputs = node.inputs();
    List<Integer> weights =
        IntStream.range(0, inputs.size()).filter(i -> inputs.get(i).parameter()).boxed().toList();
    Optional<Equation> equation = weights.size() == 1 ? Equation.of(node) : Optional.empty();
    return equation
        .map(terms -> weight(node, terms, weights.get(0)))
        .filter(weight -> !weight.inner().isEmpty());
  }

  private static Weight weight(Node node, Equation equation, int input) {
    List<Integer> inner = new ArrayList<>();
    List<Integer> outer = new ArrayList<>();
    String term = equation.inputs().get(input);
    for (int axis = 0; axis < term.length(); axis++) {
      boolean read = equation.isElsewhere(term.charAt(axis), input);
      boolean comesOut = equation.output().indexOf(term.charAt(axis)) >= 0;
      if (read && !comesOut) {
        inner.add(axis);
      } else if (!read && comesOut) {
        outer.add(axis);
      }
    }
    return new Weight(node, input, inner, outer);
  }
}
