package io.espalier.trace;

import io.espalier.spi.OpId;
import java.nio.FloatBuffer;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tensors that are known to hold nothing but zeros. */
final class Zeros {
  private static final OpId CONSTANT_OF_SHAPE = OpId.of("ConstantOfShape");

  /** Operators that take their elements from their first input. */
  private static final Set<OpId> VIEWS =
      Stream.of(
              "Cast", "Expand", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze")
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  private Zeros() {}

  static boolean is(Graph graph, int tensor) {
    int at = tensor;
    while (graph.constant(at) == null) {
      int producer = graph.tensor(at).producer();
      if (producer < 0) {
        return false;
      }
      GraphNode node = graph.nodes().get(producer);
      if (node.op().equals(CONSTANT_OF_SHAPE)) {
        return isZero(node);
      }
      if (!VIEWS.contains(node.op()) || node.inputs().get(0) < 0) {
        return false;
      }
      at = node.inputs().get(0);
    }
    Constant constant = graph.constant(at);
    return constant != null && !constant.integer() && isZero(constant.floats().duplicate());
  }

  private static boolean isZero(GraphNode constantOfShape) {
    return !constantOfShape.attributes().names().contains("value")
        || constantOfShape
            .attributes()
            .reals("value")
            .filter(values -> values.length == 1 && values[0] == 0)
            .isPresent();
  }

  private static boolean isZero(FloatBuffer values) {
    while (values.hasRemaining()) {
      if (values.get() != 0) {
        return false;
      }
    }
    return true;
  }
}
