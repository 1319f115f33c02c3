package io.espalier.core;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out which children of a container can be taken out of the network. */
final class BlockFinder {
  private final SymMap map;
  private final Graph graph;

  /** Tensors that sub-graphs read by name; their readers cannot be made to read another one. */
  private final Set<Integer> captured = new HashSet<>();

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

  /** A residual block reads its input at least twice: once to transform it, once to add it back. */
  private boolean isResidual(Block block, Set<Integer> inside) {
    return graph.consumers(block.input()).stream().filter(inside::contains).count() >= 2;
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
