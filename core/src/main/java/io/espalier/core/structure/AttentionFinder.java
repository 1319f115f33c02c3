package io.espalier.core.structure;

import io.espalier.spi.Layer;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.LayerView;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeView;
import io.espalier.trace.SymMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds attention by what it computes, since it owns no parameters: a product of two activations, a
 * Softmax, and the product of its result with a third. Each becomes a layer of type {@value #TYPE},
 * or {@value #VALUES_FIRST}, made of these three nodes, named after what the layers before and
 * behind it have in common: those of {@code layer.0.attn.qkv} and {@code layer.0.attn.proj} are
 * {@code layer.0.attn}.
 */
public final class AttentionFinder {
  static final String TYPE = "Attention";

  /** Of attention that multiplies values with the scores, and not scores with the values. */
  static final String VALUES_FIRST = TYPE + " behind values";

  private static final OpId EINSUM = OpId.of("Einsum");
  private static final OpId MAT_MUL = OpId.of("MatMul");
  private static final OpId FUSED_MAT_MUL = OpId.of("com.microsoft", "FusedMatMul");
  private static final OpId SHAPE = OpId.of("Shape");
  private static final OpId SOFTMAX = OpId.of("Softmax");

  /** What may stand between the products and the Softmax: scales, masks, biases, views. */
  private static final Set<OpId> BETWEEN =
      Stream.of(
              "Add",
              "Cast",
              "Clip",
              "Concat",
              "Div",
              "Dropout",
              "Expand",
              "Identity",
              "Max",
              "Mul",
              "Neg",
              "Pad",
              "Reshape",
              "Slice",
              "Squeeze",
              "Sub",
              "Tanh",
              "Transpose",
              "Unsqueeze",
              "Where")
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  private static final int MOST_BETWEEN = 32;
  private static final int MOST_AROUND = 256;

  private final SymMap map;
  private final Graph graph;
  private final Map<Integer, String> layerOfNode = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * @param layers the layers that attention is named after
   */
  public AttentionFinder(SymMap map, List<Layer> layers) {
    this.map = map;
    this.graph = map.graph();
    for (Layer layer : layers) {
      layer.nodes().forEach(node -> layerOfNode.put(index(node), layer.name()));
    }
  }

  private static int index(Node node) {
    return ((NodeView) node).node().index();
  }

  /** A layer for each attention, in graph order. */
  public List<Layer> find() {
    List<Layer> found = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      if (node.op().equals(SOFTMAX)) {
        Optional<GraphNode> scores = scores(node);
        Optional<GraphNode> values = scores.flatMap(product -> values(node));
        values.ifPresent(product -> found.add(layer(scores.orElseThrow(), node, product)));
      }
    }
    return found;
  }

  /** Whether a layer is an attention that was found. */
  public static boolean isAttention(Layer layer) {
    return layer.type().equals(TYPE) || layer.type().equals(VALUES_FIRST);
  }

  /** A product of two activations; else one with learned queries, or a table of positions. */
  private Optional<GraphNode> scores(GraphNode softmax) {
    Optional<GraphNode> product =
        nearest(
            softmax,
            this::producers,
            node -> node.inputs().stream().noneMatch(id -> graph.tensor(id).parameter()));
    return product.isPresent() ? product : nearest(softmax, this::producers, node -> true);
  }

  /** The product that reads the Softmax's result as one of its operands. */
  private Optional<GraphNode> values(GraphNode softmax) {
    Set<Integer> reached = new HashSet<>(softmax.outputs());
    return nearest(
        softmax,
        node -> {
          reached.addAll(node.outputs());
          return consumers(node);
        },
        product ->
            reached.contains(product.inputs().get(0)) != reached.contains(product.inputs().get(1)));
  }

  /** The first product with nothing but what may stand between on the way. */
  private Optional<GraphNode> nearest(
      GraphNode from, Function<GraphNode, List<GraphNode>> next, Predicate<GraphNode> fits) {
    Deque<GraphNode> work = new ArrayDeque<>(next.apply(from));
    Set<Integer> seen = new HashSet<>();
    while (!work.isEmpty() && seen.size() < MOST_BETWEEN) {
      GraphNode node = work.poll();
      if (!seen.add(node.index())) {
        continue;
      }
      if (isProduct(node) && fits.test(node)) {
        return Optional.of(node);
      }
      if (BETWEEN.contains(node.op())) {
        work.addAll(next.apply(node));
      }
    }
    return Optional.empty();
  }

  private boolean isProduct(GraphNode node) {
    return (node.op().equals(MAT_MUL) || isEinsumOfTwo(node) || isFusedProduct(node))
        && node.inputs().stream().allMatch(id -> id >= 0)
        && node.inputs().stream().anyMatch(id -> !graph.tensor(id).parameter())
        && isFactor(node, 0)
        && isFactor(node, 1);
  }

  /**
   * Activations in rows, or learned queries in heads; a matrix of parameters makes a linear layer.
   */
  private boolean isFactor(GraphNode node, int input) {
    List<Layout> layouts = map.input(node.index(), input);
    return layouts != null
        && layouts.size() > (graph.tensor(node.inputs().get(input)).parameter() ? 2 : 1);
  }

  private static boolean isEinsumOfTwo(GraphNode node) {
    return node.op().equals(EINSUM) && node.inputs().size() == 2;
  }

  /** ONNX Runtime's product with a factor, where the heads stand where those of a MatMul do. */
  private static boolean isFusedProduct(GraphNode node) {
    return node.op().equals(FUSED_MAT_MUL)
        && node.attributes().number("transA", 0) == 0
        && node.attributes().number("transBatchA", 0) == 0
        && node.attributes().number("transBatchB", 0) == 0;
  }

  private List<GraphNode> producers(GraphNode node) {
    List<GraphNode> producers = new ArrayList<>();
    for (int input : node.inputs()) {
      if (input >= 0 && !graph.tensor(input).parameter() && graph.tensor(input).producer() >= 0) {
        producers.add(graph.nodes().get(graph.tensor(input).producer()));
      }
    }
    return producers;
  }

  private List<GraphNode> consumers(GraphNode node) {
    return node.outputs().stream()
        .filter(id -> id >= 0)
        .flatMap(id -> graph.consumers(id).stream())
        .map(graph.nodes()::get)
        .toList();
  }

  private Layer layer(GraphNode scores, GraphNode softmax, GraphNode values) {
    // A module that owns its input projection has the products among its nodes.
    String owner = layerOfNode.get(scores.index());
    boolean valuesFirst = !comesFrom(values.inputs().get(0), softmax);
    String name = unique(owner == null ? module(around(scores, values, valuesFirst)) : owner);
    List<Integer> nodes = List.of(scores.index(), softmax.index(), values.index());
    String type = valuesFirst ? VALUES_FIRST : TYPE;
    LayerNode layer = new LayerNode(name, type, nodes, List.of(), nodes);
    return new LayerView(layer, nodes.stream().map(map.nodes()::get).toList(), List.of());
  }

  /** Whether a tensor is what a Softmax computes, with nothing but what may stand between. */
  private boolean comesFrom(int tensor, GraphNode softmax) {
    Deque<Integer> work = new ArrayDeque<>(List.of(tensor));
    Set<Integer> seen = new HashSet<>();
    while (!work.isEmpty() && seen.size() < MOST_BETWEEN) {
      int producer = graph.tensor(work.poll()).producer();
      if (producer == softmax.index()) {
        return true;
      }
      if (producer >= 0
          && BETWEEN.contains(graph.nodes().get(producer).op())
          && seen.add(producer)) {
        graph.nodes().get(producer).inputs().stream().filter(id -> id >= 0).forEach(work::add);
      }
    }
    return false;
  }

  /** The names of the layers that queries, keys and values come from, and of those they go to. */
  private Set<String> around(GraphNode scores, GraphNode values, boolean valuesFirst) {
    Set<String> around = new LinkedHashSet<>();
    collect(producers(scores), this::producers, around);
    int operand = graph.tensor(values.inputs().get(valuesFirst ? 0 : 1)).producer();
    if (operand >= 0) {
      collect(List.of(graph.nodes().get(operand)), this::producers, around);
    }
    collect(consumers(values), this::consumers, around);
    return around;
  }

  /** The names of the first layers on every way from here. */
  private void collect(
      List<GraphNode> from, Function<GraphNode, List<GraphNode>> next, Set<String> around) {
    Deque<GraphNode> work = new ArrayDeque<>(from);
    Set<Integer> seen = new HashSet<>();
    while (!work.isEmpty() && seen.size() < MOST_AROUND) {
      GraphNode node = work.poll();
      if (seen.add(node.index())) {
        String layer = layerOfNode.get(node.index());
        if (layer != null) {
          around.add(layer);
        } else if (!node.op().equals(SHAPE)) {
          work.addAll(next.apply(node));
        }
      }
    }
  }

  private static String module(Set<String> layers) {
    String module = ModuleNames.around(layers);
    return module.isEmpty() ? "attention" : module;
  }

  private String unique(String text) {
    String name = text;
    for (int i = 2; !names.add(name); i++) {
      name = text + "_" + i;
    }
    return name;
  }
}
