package io.espalier.trace;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.util.List;

/**
 * Finds the nodes that may multiply and accumulate, but of which nobody says how much: products
 * that could not be typed, what holds products or weights inside, and unknown operators that
 * combine several inputs.
 */
final class Uncounted {
  private final Graph graph;
  private final DMRegistry registry;
  private final Pass pass;

  private Uncounted(Graph graph, DMRegistry registry, Pass pass) {
    this.graph = graph;
    this.registry = registry;
    this.pass = pass;
  }

  /** The indices of the nodes. */
  static List<Integer> of(Graph graph, DMRegistry registry, Pass pass) {
    Uncounted uncounted = new Uncounted(graph, registry, pass);
    return graph.nodes().stream()
        .filter(node -> !uncounted.isParameter(node) && uncounted.mayMultiply(node))
        .map(GraphNode::index)
        .toList();
  }

  private boolean isParameter(GraphNode node) {
    return node.outputs().stream()
        .allMatch(output -> output < 0 || graph.tensor(output).parameter());
  }

  private boolean mayMultiply(GraphNode node) {
    NodeTyping typing = pass.typing(node.index());
    Inner inner = graph.inner(node.index());
    if (inner.operators().stream().anyMatch(this::multiplies)) {
      return true;
    }
    if (!typing.gaveUp() || !typing.macs.isEmpty()) {
      return false;
    }
    boolean ruled = registry.rule(node.op()).isPresent();
    if (ruled && node.op().domain().isEmpty()) {
      return multiplies(node.op());
    }
    return (ruled && multiplies(node.op()))
        || inner.parameters() > 0
        || readsMatrix(node)
        || node.inputs().stream().filter(this::isData).distinct().count() > 1;
  }

  /** Whether an operator is known for products, or not known at all. */
  private boolean multiplies(OpId operator) {
    return registry
        .rule(operator)
        .map(rule -> rule.multiplies(operator))
        .orElse(!operator.domain().isEmpty());
  }

  private boolean isData(int input) {
    return input >= 0 && !graph.tensor(input).parameter();
  }

  private boolean readsMatrix(GraphNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      if (input >= 0 && graph.tensor(input).parameter()) {
        List<?> axes = pass.inputAxes(node.index(), i);
        if (axes == null || axes.size() > 1) {
          return true;
        }
      }
    }
    return false;
  }
}
