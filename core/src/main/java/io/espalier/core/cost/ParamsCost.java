package io.espalier.core.cost;

import io.espalier.core.values.Saturated;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.List;

/** Weights and biases; running statistics are not counted. */
public final class ParamsCost implements CostHandler {
  /** Its key. */
  public static final String KEY = "params";

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String plural() {
    return "parameters";
  }

  @Override
  public CostFunction of(CostedNetwork network) {
    WrittenParams written = new WrittenParams(network);
    List<Held> inside = inside(network.map().graph());
    return extents -> {
      long sum = written.count(extents);
      for (Held held : inside) {
        sum = extents.isGone(held.node()) ? sum : Saturated.plus(sum, held.parameters());
      }
      return sum;
    };
  }

  /** What stands inside a node on data: among its attributes, and in its sub-graphs. */
  private record Held(int node, long parameters) {}

  private static List<Held> inside(Graph graph) {
    List<Held> inside = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      long held = graph.inner(node.index()).parameters();
      boolean parameter =
          node.outputs().stream().allMatch(out -> out < 0 || graph.tensor(out).parameter());
      if (held > 0 && !parameter) {
        inside.add(new Held(node.index(), held));
      }
    }
    return inside;
  }
}
