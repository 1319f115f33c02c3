package io.espalier.djl.trace.graph;

import ai.djl.nn.SequentialBlock;
import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.blocks.CallPaths;
import io.espalier.djl.trace.values.ParameterConstant;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Gathers nodes into layers: those of a block that reads parameters itself form one, or one for
 * each weighty operator where there are several. Sequential blocks contain the layers of their
 * children; all other blocks are passed over.
 */
final class Layers {
  private static final String SEQUENTIAL = "nn.Sequential";

  /** Operators that do not make a layer by themselves where another one is: they scale or shift. */
  private static final Set<OpId> LIGHT =
      Arrays.stream(
              new String[] {
                "Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Where", "Expand", "Cast", "Concat"
              })
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  private final Graph.Builder graph;
  private final CallPaths paths;
  private final IdentityHashMap<BlockCall, List<Integer>> own = new IdentityHashMap<>();

  Layers(Graph.Builder graph, CallPaths paths, List<BlockCall> callOf) {
    this.graph = graph;
    this.paths = paths;
    for (int node = 0; node < callOf.size(); node++) {
      if (!isParameter(graph.nodes().get(node))) {
        own.computeIfAbsent(callOf.get(node), call -> new ArrayList<>()).add(node);
      }
    }
  }

  /** The layers in a call, in graph order. */
  List<LayerNode> of(BlockCall call) {
    List<LayerNode> found = new ArrayList<>(leaves(call));
    for (BlockCall child : call.children()) {
      if (isSequential(child)) {
        if (!span(child).isEmpty()) {
          found.add(container(child));
        }
      } else {
        found.addAll(of(child));
      }
    }
    found.sort(Comparator.comparingInt(layer -> layer.span().get(0)));
    return found;
  }

  private static boolean isSequential(BlockCall call) {
    return call.block().filter(SequentialBlock.class::isInstance).isPresent();
  }

  private LayerNode container(BlockCall call) {
    List<LayerNode> children =
        call.children().stream().filter(child -> !span(child).isEmpty()).map(this::child).toList();
    return new LayerNode(paths.path(call), SEQUENTIAL, List.of(), children, span(call));
  }

  private LayerNode child(BlockCall call) {
    if (isSequential(call)) {
      return container(call);
    }
    List<LayerNode> inside = of(call);
    String name = paths.path(call);
    for (LayerNode layer : inside) {
      if (layer.name().equals(name)) {
        List<LayerNode> others =
            inside.stream().filter(other -> !other.name().equals(name)).toList();
        return new LayerNode(name, layer.type(), layer.nodes(), others, span(call));
      }
    }
    return new LayerNode(name, "", List.of(), inside, span(call));
  }

  private List<Integer> span(BlockCall call) {
    Set<Integer> nodes = new TreeSet<>();
    collect(call, nodes);
    return List.copyOf(nodes);
  }

  private void collect(BlockCall call, Set<Integer> nodes) {
    nodes.addAll(own.getOrDefault(call, List.of()));
    call.children().forEach(child -> collect(child, nodes));
  }

  /** A layer while its nodes are gathered. */
  private static final class Draft {
    private final List<Integer> nodes = new ArrayList<>();
    private String type = "";
    private int rank = -1;
    private boolean heavy;
  }

  private List<LayerNode> leaves(BlockCall call) {
    List<Draft> drafts = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    for (int index : own.getOrDefault(call, List.of())) {
      GraphNode node = graph.nodes().get(index);
      int rank = node.inputs().stream().mapToInt(this::weightRank).max().orElse(-1);
      boolean heavy = rank >= 0 && !LIGHT.contains(node.op());
      Draft last = drafts.isEmpty() ? null : drafts.get(drafts.size() - 1);
      if (rank >= 0 && (last == null || (heavy && last.heavy))) {
        last = new Draft();
        drafts.add(last);
        last.nodes.addAll(before);
        before.clear();
      }
      if (last == null) {
        before.add(index);
        continue;
      }
      last.nodes.add(index);
      last.heavy |= heavy;
      if (rank > last.rank) {
        last.rank = rank;
        last.type = node.op().toString();
      }
    }
    List<LayerNode> layers = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      String base = paths.path(call);
      String name = base.isEmpty() ? rootName(call) : base;
      layers.add(
          new LayerNode(
              i == 0 ? name : name + "_" + (i + 1),
              draft.type,
              draft.nodes,
              List.of(),
              draft.nodes));
    }
    return layers;
  }

  private static String rootName(BlockCall call) {
    return BlockTree.plain(
        call.block().map(block -> block.getClass().getSimpleName()).orElse("block"));
  }

  /** The rank of a parameter of real numbers; -1 for any other tensor. */
  private int weightRank(int id) {
    if (id < 0 || !graph.tensor(id).parameter()) {
      return -1;
    }
    Tensor tensor = graph.tensor(id);
    if (tensor.constant() instanceof ParameterConstant stored) {
      return stored.integer() ? -1 : stored.dims().length;
    }
    if (tensor.producer() < 0) {
      return -1;
    }
    return graph.nodes().get(tensor.producer()).inputs().stream()
        .mapToInt(this::weightRank)
        .max()
        .orElse(-1);
  }

  private boolean isParameter(GraphNode node) {
    return node.outputs().stream().allMatch(output -> graph.tensor(output).parameter());
  }
}
