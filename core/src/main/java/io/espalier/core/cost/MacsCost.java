package io.espalier.core.cost;

import io.espalier.core.values.Saturated;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.List;

/** Multiply-accumulate operations at batch 1, as the rules of operators declare them. */
public final class MacsCost implements CostHandler {
  /** Its key. */
  public static final String KEY = "macs";

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String plural() {
    return "MACs";
  }

  @Override
  public CostFunction of(CostedNetwork network) {
    List<int[]> axes = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (GraphNode node : network.map().graph().nodes()) {
      for (List<Layout> product : network.map().facts(node.index()).macs()) {
        axes.add(network.axes(product));
        owners.add(node.index());
      }
    }
    int[][] products = axes.toArray(int[][]::new);
    int[] nodes = owners.stream().mapToInt(Integer::intValue).toArray();
    return extents -> {
      long sum = 0;
      for (int i = 0; i < products.length; i++) {
        if (!extents.isGone(nodes[i])) {
          sum = Saturated.plus(sum, extents.product(products[i]));
        }
      }
      return sum;
    };
  }
}
