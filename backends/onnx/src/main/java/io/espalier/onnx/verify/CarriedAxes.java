package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The axes of a parameter that come out of a node again. What was cut of those can stay in the
 * reference, until it is summed over: there it is masked. So nothing divides by the zeros of a
 * mask.
 */
final class CarriedAxes {
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Add",
          "BatchNormalization",
          "Div",
          "GroupNormalization",
          "InstanceNormalization",
          "LayerNormalization",
          "Max",
          "Min",
          "Mul",
          "PRelu",
          "Sub",
          "Sum",
          "Where");

  private CarriedAxes() {}

  /**
   * The axes; none where it is not known.
   *
   * @param rank how many axes the parameter has
   */
  static Set<Integer> of(NodeProto node, int input, int rank) {
    if (!node.getDomain().isEmpty() && !node.getDomain().equals("ai.onnx")) {
      return Set.of();
    }
    String operator = node.getOpType();
    if (ELEMENTWISE.contains(operator)) {
      return all(rank);
    }
    return switch (operator) {
      case "Conv" -> input == 1 ? Set.of(0) : bias(input, rank);
      case "ConvTranspose" -> input == 1 ? Set.of(1) : bias(input, rank);
      case "MatMul" -> allBut(rank, input == 0 ? rank - 1 : Math.max(0, rank - 2));
      case "Gemm" ->
          input > 1 ? all(rank) : Set.of(transposed(node, input) == (input == 0) ? 1 : 0);
      default -> Set.of();
    };
  }

  private static Set<Integer> bias(int input, int rank) {
    return input == 2 ? all(rank) : Set.of();
  }

  private static boolean transposed(NodeProto gemm, int input) {
    String attribute = input == 0 ? "transA" : "transB";
    return gemm.getAttributeList().stream()
        .anyMatch(found -> found.getName().equals(attribute) && found.getI() != 0);
  }

  private static Set<Integer> all(int rank) {
    return IntStream.range(0, rank).boxed().collect(Collectors.toSet());
  }

  private static Set<Integer> allBut(int rank, int axis) {
    Set<Integer> axes = new HashSet<>(all(rank));
    axes.remove(axis);
    return axes;
  }
}
