package io.espalier.trace;

import java.util.List;

/**
 * A layer as the tracer found it.
 *
 * @param name its unique name
 * @param type the operator that owns its parameters, or the class of a container
 * @param nodes the indices of its own nodes, ascending
 * @param children the layers directly inside it
 * @param span for a container's child and a container: the indices of all nodes inside, ascending
 */
public record LayerNode(
    String name, String type, List<Integer> nodes, List<LayerNode> children, List<Integer> span) {
  public LayerNode {
    nodes = List.copyOf(nodes);
    children = List.copyOf(children);
    span = List.copyOf(span);
  }
}
