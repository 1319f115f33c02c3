package io.espalier.onnx.trace;

import io.espalier.spi.OpId;
import io.espalier.trace.GraphNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A node that reads weights.
 *
 * @param node the node
 * @param weights the tensors among its inputs that hold weights, in order
 * @param name what it proposes to call its layer
 */
record Owner(GraphNode node, List<Integer> weights, LayerName name) {
  /** Operators that do not make a layer by themselves: they scale, shift or move. */
  private static final Set<OpId> LIGHT =
      Stream.of(
              "Add",
              "And",
              "Cast",
              "Clip",
              "Concat",
              "DequantizeLinear",
              "Div",
              "Equal",
              "Expand",
              "Greater",
              "GreaterOrEqual",
              "Less",
              "LessOrEqual",
              "Max",
              "Mean",
              "Min",
              "Mod",
              "Mul",
              "Or",
              "Pad",
              "Pow",
              "QuantizeLinear",
              "Reshape",
              "ScatterElements",
              "ScatterND",
              "Slice",
              "Sub",
              "Sum",
              "Tile",
              "Transpose",
              "Where")
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<OpId> CONTRACTIONS =
      Stream.of("Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul")
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  /** Products of integers, and the inputs that may hold their weights. */
  private static final Map<OpId, List<Integer>> QUANTISED =
      Map.of(
          OpId.of("ConvInteger"), List.of(1),
          OpId.of("MatMulInteger"), List.of(0, 1),
          OpId.of("QLinearConv"), List.of(3),
          OpId.of("QLinearMatMul"), List.of(0, 3));

  private static final OpId ADD = OpId.of("Add");

  Owner {
    weights = List.copyOf(weights);
  }

  /** The tensors among the inputs of a node that hold weights, in order. */
  static List<Integer> weights(GraphNode node, Parameters parameters) {
    List<Integer> quantised = QUANTISED.getOrDefault(node.op(), List.of());
    return IntStream.range(0, node.inputs().size())
        .filter(
            i ->
                parameters.isWeight(node.inputs().get(i))
                    || (quantised.contains(i) && parameters.isQuantised(node.inputs().get(i))))
        .mapToObj(node.inputs()::get)
        .toList();
  }

  Owner named(LayerName other) {
    return new Owner(node, weights, other);
  }

  /** Whether a layer has at most one such node. */
  boolean isHeavy() {
    return !LIGHT.contains(node.op());
  }

  /** Whether an Add behind it could be its bias. */
  boolean takesBias() {
    return CONTRACTIONS.contains(node.op());
  }

  /** The tensor that it adds one stored vector to; -1 if it does anything else. */
  int biased(Parameters parameters) {
    if (!node.op().equals(ADD)
        || weights.size() != 1
        || node.inputs().size() != 2
        || !parameters.isVector(weights.get(0))) {
      return -1;
    }
    int first = node.inputs().get(0);
    return first == weights.get(0) ? node.inputs().get(1) : first;
  }
}
