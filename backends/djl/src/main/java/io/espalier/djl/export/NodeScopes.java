package io.espalier.djl.export;

import ai.djl.nn.SequentialBlock;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which blocks a node belongs to, as its metadata tells it in the words of PyTorch's exporter,
 * which readers know; also which of them are sequential.
 */
final class NodeScopes {
  private final TracedBlock traced;
  private final Map<Integer, String> layers = new HashMap<>();
  private final Set<String> sequential = new HashSet<>();

  NodeScopes(TracedBlock traced) {
    this.traced = traced;
    traced.graph().layers().forEach(this::collect);
  }

  private void collect(LayerNode layer) {
    if (layer.type().equals("nn.Sequential")) {
      sequential.add(layer.name());
    }
    layer.nodes().forEach(node -> layers.put(node, layer.name()));
    layer.children().forEach(this::collect);
  }

  /** The full names of the blocks around a node from the outermost one on, and its operator. */
  String nameScopes(GraphNode node) {
    List<String> around = around(node);
    around.add(node.op().name());
    return list(around);
  }

  /** The classes of the same. */
  String classes(GraphNode node) {
    List<String> classes = new ArrayList<>();
    for (String name : around(node)) {
      classes.add(sequential.contains(name) ? SequentialBlock.class.getName() : "");
    }
    classes.add(node.op().name());
    return list(classes);
  }

  /** The path of its block; the name of its layer where that is the outermost block. */
  private String scope(GraphNode node) {
    String path = traced.path(node.index());
    return path.isEmpty() ? layers.getOrDefault(node.index(), "") : path;
  }

  private List<String> around(GraphNode node) {
    List<String> around = new ArrayList<>(List.of(""));
    String scope = scope(node);
    for (int dot = scope.indexOf('.'); dot >= 0; dot = scope.indexOf('.', dot + 1)) {
      around.add(scope.substring(0, dot));
    }
    if (!scope.isEmpty()) {
      around.add(scope);
    }
    return around;
  }

  private static String list(List<String> texts) {
    return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(", ", "[", "]"));
  }
}
