package io.espalier.onnx.carve;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.trace.GraphNode;
import java.util.Optional;
import java.util.Set;

/** Of what type the integers are that a network computes shapes with. */
final class IntegerType {
  private static final Set<String> LONGS = Set.of("Shape", "Size", "ConstantOfShape");

  private IntegerType() {}

  /**
   * The type of a tensor whose elements the analysis follows: shapes are of 64 bits, a Cast says
   * what it makes, and everything else hands on what it reads.
   */
  static int of(TracedOnnx traced, int tensor) {
    int at = tensor;
    while (true) {
      Optional<OnnxTensor> stored = traced.stored(at);
      if (stored.isPresent()) {
        return stored.get().dataType();
      }
      GraphNode node = traced.producer(at).orElse(null);
      if (node == null || node.inputs().isEmpty() || LONGS.contains(node.op().name())) {
        return DataTypes.INT64;
      }
      if (node.op().name().equals("Cast")) {
        return Math.toIntExact(node.attributes().number("to", DataTypes.INT64));
      }
      at = node.inputs().get(node.op().name().equals("Where") ? 1 : 0);
    }
  }
}
