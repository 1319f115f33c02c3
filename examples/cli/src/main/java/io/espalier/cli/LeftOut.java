package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.UncountedNode;
import io.espalier.spi.EspalierException;
import java.util.List;

/** Says which nodes a count of MACs leaves out. */
final class LeftOut {
  private static final int MOST_NODES = 6;

  private LeftOut() {}

  /** A line of its own; nothing where the count is complete. */
  static String line(SearchSpace space) {
    List<UncountedNode> nodes = space.uncounted();
    return nodes.isEmpty()
        ? ""
        : "MACs are not complete; left out: " + names(nodes) + System.lineSeparator();
  }

  /** The same behind other words. */
  static String behind(SearchSpace space) {
    List<UncountedNode> nodes = space.uncounted();
    return nodes.isEmpty() ? "" : "; MACs are not complete, left out: " + names(nodes);
  }

  /**
   * Refuses a budget of MACs where they are not complete.
   *
   * @throws EspalierException if nodes are left out
   */
  static void refuse(SearchSpace space) {
    List<UncountedNode> nodes = space.uncounted();
    if (!nodes.isEmpty()) {
      throw new EspalierException(
          "the MACs of "
              + space.model().description()
              + " cannot be budgeted, as they are not complete: left out are "
              + names(nodes)
              + "; give --partial-macs to budget those of the other nodes, or budget by --params");
    }
  }

  private static String names(List<UncountedNode> nodes) {
    List<String> names = nodes.stream().map(LeftOut::name).toList();
    int rest = names.size() - MOST_NODES;
    return String.join(", ", names.subList(0, Math.min(names.size(), MOST_NODES)))
        + (rest > 0 ? " and " + rest + " more" : "");
  }

  private static String name(UncountedNode node) {
    return node.node().startsWith(node.op() + " #")
        ? node.node()
        : node.node() + " (" + node.op() + ")";
  }
}
