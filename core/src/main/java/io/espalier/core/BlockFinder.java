package io.espalier.core;

import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out which children of a container can be taken out of the network. */
final class BlockFinder {
  private static final Set<OpId> SUMS = operators("Add", "Sum", "Mean", "Max", "Where");

  /** What may stand between a sum and the output of a block. */
  private static final Set<OpId> PASSING =
      operators(
          "Relu",
          "LeakyRelu",
          "PRelu",
          "Elu",
          "Selu",
          "Celu",
          "Gelu",
          "Clip",
          "Sigmoid",
          "Tanh",
          "HardSigmoid",
          "HardSwish",
          "Mish",
          "Softplus",
          "Identity",
          "Dropout",
          "Cast",
          "Add",
          "Mul",
          "BatchNormalization",
          "InstanceNormalization",
          "LayerNormalization",
          "GroupNormalization");

  private final SymMap map;
  private final Graph graph;

  /** Tensors that sub-graphs read by name; their readers cannot be made to read another one. */
  private final Set<Integer> captured = new HashSet<>();

  private static Set<OpId> operators(String... names) {
    return Arrays.stream(names).map(OpId::of).collect(Collectors.toUnmodifiableSet());
  }

  BlockFinder(SymMap map) {
    this.map = map;
    this.graph = map.graph();
    graph.nodes().forEach(node -> captured.addAll(node.captured()));
  }

  /**
   * The block that a child is, if it reads one tensor, computes one of the same layout, and adds to
   * what it reads.
   */
  Optional<Block> block(LayerNode child) {
    Set<Integer> inside = new HashSet<>(child.span());
    Set<Integer> read = new HashSet<>();
    Set<Integer> given = new HashSet<>();
    for (int index : child.span()) {
      GraphNode node = graph.nodes().get(index);
      node.inputs().forEach(input -> addIfOutside(input, inside, read));
      node.captured().forEach(input -> addIfOutside(input, inside, read));
      for (int output : node.outputs()) {
        if (output >= 0 && (graph.outputs().contains(output) || captured.contains(output))) {
          return Optional.empty();
        }
        if (output >= 0
            && graph.consumers(output).stream().anyMatch(consumer -> !inside.contains(consumer))) {
          given.add(output);
        }
      }
    }
    if (read.size() != 1 || given.size() != 1) {
      return Optional.empty();
    }
    Block block =
        new Block(child.name(), child.span(), read.iterator().next(), given.iterator().next());
    return isResidual(block, inside) && sameLayout(block) ? Optional.of(block) : Optional.empty();
  }

  private void addIfOutside(int tensor, Set<Integer> inside, Set<Integer> read) {
    if (tensor >= 0
        && !graph.tensor(tensor).parameter()
        && !inside.contains(graph.tensor(tensor).producer())) {
      read.add(tensor);
    }
  }

  /**
   * Whether a block has parameters, and adds what it reads to what it makes of it: from its output
   * one comes back to its input through sums, and what acts on each element or normalises.
   */
  private boolean isResidual(Block block, Set<Integer> inside) {
    boolean parameters =
        block.nodes().stream()
            .flatMap(index -> graph.nodes().get(index).inputs().stream())
            .anyMatch(tensor -> tensor >= 0 && isWeight(tensor));
    return parameters && skips(block.output(), block.input(), inside, false, new HashSet<>());
  }

  private boolean isWeight(int tensor) {
    Constant constant = graph.constant(tensor);
    return graph.tensor(tensor).parameter()
        && (constant == null || (!constant.integer() && constant.size() > 1));
  }

  private boolean skips(
      int tensor, int input, Set<Integer> inside, boolean added, Set<Integer> seen) {
    if (tensor == input) {
      return added;
    }
    int producer = graph.tensor(tensor).producer();
    if (!inside.contains(producer) || !seen.add(tensor)) {
      return false;
    }
    GraphNode node = graph.nodes().get(producer);
    List<Integer> data =
        node.inputs().stream()
            .filter(id -> id >= 0 && !graph.tensor(id).parameter())
            .distinct()
            .toList();
    boolean sum = SUMS.contains(node.op()) && data.size() > 1;
    if (!sum && !(PASSING.contains(node.op()) && data.size() == 1)) {
      return false;
    }
    return data.stream().anyMatch(id -> skips(id, input, inside, added || sum, seen));
  }

  private boolean sameLayout(Block block) {
    List<Layout> before = map.tensor(block.input());
    List<Layout> after = map.tensor(block.output());
    if (before == null || after == null || before.size() != after.size()) {
      return false;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!same(before.get(i), after.get(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean same(Layout a, Layout b) {
    if (a == b) {
      return true;
    }
    if (a.extent() != b.extent()) {
      return false;
    }
    if (!a.isFree() && !b.isFree()) {
      return true;
    }
    if (a instanceof Layout.Concat x && b instanceof Layout.Concat y) {
      return same(x.parts(), y.parts());
    }
    return a instanceof Layout.Product x
        && b instanceof Layout.Product y
        && same(x.factors(), y.factors());
  }

  private static boolean same(List<Layout> a, List<Layout> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }
}
