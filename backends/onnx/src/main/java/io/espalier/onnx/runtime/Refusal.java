package io.espalier.onnx.runtime;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.PluginException;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose fault it is where ONNX Runtime refuses a network that was carved, though the original runs:
 * that of the plugin which typed the node that it complains of, or else the nearest before it.
 */
public final class Refusal {
  /** Where our own rules live; any other is a plugin's. */
  private static final String BUILT_IN = "io.espalier.modules.";

  /** How ONNX Runtime names a node: when it loads a model, and when it runs one. */
  private static final List<Pattern> NAMES =
      List.of(Pattern.compile("Node ?\\(([^)]+)\\)"), Pattern.compile("Name: ?'([^']+)'"));

  /** How it names a node from the body of a function, which follows with the operator's name. */
  private static final String INSIDE = "_inlfunc_";

  private final Graph graph;
  private final DMRegistry registry;

  private Refusal(Graph graph, DMRegistry registry) {
    this.graph = graph;
    this.registry = registry;
  }

  /**
   * The failure in the words of a plugin's author, if a plugin is at fault.
   *
   * @param failure what ONNX Runtime said of the carved network
   * @param original the network that it was carved from
   * @param registry the rules that this was typed by
   */
  public static Optional<PluginException> of(
      OnnxRunException failure, Graph original, DMRegistry registry) {
    Refusal refusal = new Refusal(original, registry);
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String said = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ").strip();
    return refusal.named(said).flatMap(refusal::typedByPlugin).map(node -> refusal.at(node, said));
  }

  private PluginException at(GraphNode node, String said) {
    return PluginException.of(
        registry.rule(node.op()).orElseThrow(),
        "node " + node.label() + " (" + node.op() + ")",
        new OnnxRunException(
            "ONNX Runtime refuses the network that was carved by what it says of this node, and"
                + " runs the original: "
                + said
                + "; try the plugin by the contract in espalier-testkit"));
  }

  private Optional<GraphNode> named(String said) {
    for (Pattern pattern : NAMES) {
      Matcher matcher = pattern.matcher(said);
      if (matcher.find()) {
        String name = matcher.group(1);
        return graph.nodes().stream()
            .filter(
                node ->
                    node.label().equals(name) || name.startsWith(INSIDE + node.op().name() + "_"))
            .findFirst();
      }
    }
    return Optional.empty();
  }

  /** The nearest node that a plugin typed, this one or one that it is computed from. */
  private Optional<GraphNode> typedByPlugin(GraphNode from) {
    Deque<GraphNode> next = new ArrayDeque<>(List.of(from));
    Set<GraphNode> seen = new HashSet<>(next);
    while (!next.isEmpty()) {
      GraphNode node = next.remove();
      if (isPlugin(registry.rule(node.op()))) {
        return Optional.of(node);
      }
      for (int input : node.inputs()) {
        int producer = input < 0 ? -1 : graph.tensor(input).producer();
        if (producer >= 0 && seen.add(graph.nodes().get(producer))) {
          next.add(graph.nodes().get(producer));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isPlugin(Optional<OperatorRule> rule) {
    return rule.isPresent() && !rule.get().getClass().getName().startsWith(BUILT_IN);
  }
}
