package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.FrozenAxis;
import io.espalier.trace.Graph;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands in the way of a smaller network, in words for a message. */
public final class Obstacles {
  private static final int MOST_REASONS = 3;
  private static final int MOST_NODES = 4;
  private static final String ADVICE = "; ";

  private Obstacles() {}

  /**
   * What froze some widths.
   *
   * @param reason why
   * @param op the operator that did; empty if none
   * @param edge whether it is an input or output of the network
   * @param elsewhere whether the rules did it at another layer than the one they open
   */
  private record Cause(String reason, String op, boolean edge, boolean elsewhere) {}

  /**
   * The end of a sentence: the reasons that froze most, each with its nodes, and what helps.
   *
   * @param otherwise what helps if no reason knows better
   */
  public static String in(SearchSpace space, String otherwise) {
    List<Map.Entry<Cause, Set<String>>> causes = causes(space);
    StringBuilder text = new StringBuilder();
    Set<String> helps = new LinkedHashSet<>();
    for (int i = 0; i < Math.min(causes.size(), MOST_REASONS); i++) {
      Cause cause = causes.get(i).getKey();
      int advice = cause.reason().indexOf(ADVICE);
      text.append(i == 0 ? "; in the way: " : ", ")
          .append(advice < 0 ? cause.reason() : cause.reason().substring(0, advice))
          .append(nodes(cause, causes.get(i).getValue()));
      if (advice >= 0) {
        helps.add(cause.reason().substring(advice + ADVICE.length()));
      }
    }
    int rest = causes.size() - MOST_REASONS;
    if (rest > 0) {
      text.append(" and ").append(rest).append(rest == 1 ? " more reason" : " more reasons");
    }
    if (helps.isEmpty()) {
      helps.add(otherwise);
    }
    return text + "; " + String.join("; ", helps);
  }

  /**
   * Reasons with the nodes they are of: rules that hold what they open elsewhere first, then the
   * most frequent, edges of the network last.
   */
  private static List<Map.Entry<Cause, Set<String>>> causes(SearchSpace space) {
    Set<String> edges = new HashSet<>();
    space.map().ifPresent(map -> addEdges(map.graph(), edges));
    Map<Cause, Set<String>> nodes = new LinkedHashMap<>();
    Map<Cause, Integer> counts = new LinkedHashMap<>();
    for (FrozenAxis axis : space.frozen()) {
      boolean edge = axis.op().isEmpty() && edges.contains(axis.node());
      boolean elsewhere = axis.op().isEmpty() && !edge && !axis.node().equals(axis.layer());
      String reason = elsewhere ? axis.reason().replace(" at " + axis.node(), "") : axis.reason();
      Cause cause = new Cause(reason, axis.op(), edge, elsewhere);
      nodes.computeIfAbsent(cause, key -> new LinkedHashSet<>()).add(axis.node());
      counts.merge(cause, 1, Integer::sum);
    }
    List<Map.Entry<Cause, Set<String>>> causes = new ArrayList<>(nodes.entrySet());
    causes.sort(
        Comparator.<Map.Entry<Cause, Set<String>>, Boolean>comparing(e -> e.getKey().edge())
            .thenComparing(e -> !e.getKey().elsewhere())
            .thenComparing(e -> -counts.getOrDefault(e.getKey(), 0)));
    return causes;
  }

  private static void addEdges(Graph graph, Set<String> names) {
    graph.inputs().forEach(id -> names.add(graph.tensor(id).name()));
    graph.outputs().forEach(id -> names.add(graph.tensor(id).name()));
  }

  private static String nodes(Cause cause, Collection<String> nodes) {
    if (cause.edge()) {
      return "";
    }
    int rest = nodes.size() - MOST_NODES;
    String listed = String.join(", ", nodes.stream().limit(MOST_NODES).toList());
    return " ("
        + (cause.op().isEmpty() ? "" : cause.op() + " ")
        + listed
        + (rest > 0 ? " and " + rest + " more" : "")
        + ")";
  }
}
