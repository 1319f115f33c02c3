package io.espalier.core.cost;

import io.espalier.core.values.FileSizes;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.BitSet;
import java.util.List;

/**
 * Bytes of the file that a network is written to, with what stands beside it. What is counted is
 * the parameters, each in its own element type, and the nodes; not how much shorter the numbers of
 * a declared shape become, or what is added where a shape has to be said.
 */
public final class BytesCost implements CostHandler {
  /** Its key. */
  public static final String KEY = "bytes";

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String plural() {
    return "bytes";
  }

  @Override
  public CostFunction of(CostedNetwork network) {
    FileSizes sizes = network.sizes();
    StoredSlices stored = new StoredSlices(network, sizes);
    long total = sizes.total();
    long[] nodes =
        network.map().graph().nodes().stream()
            .mapToInt(GraphNode::index)
            .mapToLong(sizes::node)
            .toArray();
    Graph graph = network.map().graph();
    BitSet idle = Unneeded.of(graph, new Extents(new long[0], List.of()));
    return extents -> {
      if (extents.hasAllNodes()) {
        return Math.max(0, total - stored.saved(extents));
      }
      BitSet unneeded = Unneeded.of(graph, extents);
      unneeded.andNot(idle);
      Extents left = extents.without(unneeded);
      long bytes = total - stored.saved(left);
      for (int i = 0; i < nodes.length; i++) {
        bytes -= left.isGone(i) ? nodes[i] : 0;
      }
      return Math.max(0, bytes);
    };
  }
}
