package io.espalier.trace;

import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import java.util.List;

/**
 * A layer as modules see it.
 *
 * @param layer what the tracer found
 * @param nodes its own nodes
 * @param children the layers inside
 */
public record LayerView(LayerNode layer, List<Node> nodes, List<Layer> children) implements Layer {
  public LayerView {
    nodes = List.copyOf(nodes);
    children = List.copyOf(children);
  }

  @Override
  public String name() {
    return layer.name();
  }

  @Override
  public String type() {
    return layer.type();
  }
}
