package io.espalier.modules.layers;

import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import java.util.Optional;

/** Finds the operators that make a layer what it is. */
final class Nodes {
  private Nodes() {}

  /** The first operator of this name in the ONNX standard domain. */
  static Optional<Node> first(Layer layer, String operator) {
    OpId op = OpId.of(operator);
    return layer.nodes().stream().filter(node -> node.op().equals(op)).findFirst();
  }

  /** The operator that a layer is named after. */
  static Optional<Node> owner(Layer layer, String operator) {
    return layer.type().equals(operator) ? first(layer, operator) : Optional.empty();
  }
}
