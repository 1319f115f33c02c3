package io.espalier.onnx.carve;

import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.trace.GraphNode;
import java.util.Optional;

/** Of what type the integers are that a network computes shapes with. */
final class IntegerType {
  private IntegerType() {}

  /**
   * The type of a tensor whose elements the analysis follows: shapes are of 64 bits, a Cast says
   * what it makes, and everything else hands on what it reads.
   */
  static int of(TracedOnnx traced, int tensor) {
    Optional<OnnxTensor> stored = traced.stored(tensor);
    if (stored.isPresent()) {
      return stored.get().dataType();
    }
    Optional<GraphNode> producer = traced.producer(tensor);
    if (producer.isEmpty()) {
      return DataTypes.INT64;
    }
    GraphNode node = producer.get();
    return switch (node.op().name()) {
      case "Shape", "Size", "ConstantOfShape" -> DataTypes.INT64;
      case "Cast" -> Math.toIntExact(node.attributes().number("to", DataTypes.INT64));
      case "Where" -> of(traced, node.inputs().get(1));
      default -> node.inputs().isEmpty() ? DataTypes.INT64 : of(traced, node.inputs().get(0));
    };
  }
}
