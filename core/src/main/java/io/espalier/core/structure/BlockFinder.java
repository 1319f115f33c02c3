package io.espalier.core.structure;

import io.espalier.core.structure.Regions.Region;
import io.espalier.core.structure.ResidualFinder.Residual;
import io.espalier.core.values.Block;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds out which children of a container can be taken out of the network. */
final class BlockFinder {
  private static final int USER = -1;

  private final SymMap map;
  private final Graph graph;
  private final ResidualFinder residuals;
  private final Set<Integer> outputs;

  BlockFinder(SymMap map, ResidualFinder residuals) {
    this.map = map;
    this.graph = map.graph();
    this.residuals = residuals;
    this.outputs = Set.copyOf(graph.outputs());
  }

  /**
   * A child that can be taken out.
   *
   * @param block what is taken out
   * @param sums the residual sums that it is made of
   */
  record Child(Block block, List<Residual> sums) {
    Child {
      sums = List.copyOf(sums);
    }
  }

  /**
   * The block that a child is, if it computes one tensor, of the layout of one that it reads, and
   * adds to that: from what it reads one comes to what it computes through residual sums, and
   * activations and norms. Nodes that work for it alone, and that an exporter placed nowhere, are
   * part of it.
   */
  Optional<Child> child(LayerNode child) {
    Set<Integer> inside = new HashSet<>(child.span());
    Set<Integer> read = new LinkedHashSet<>();
    Map<Integer, List<Integer>> readers = new TreeMap<>(Comparator.reverseOrder());
    for (int index : child.span()) {
      GraphNode node = graph.nodes().get(index);
      node.inputs().forEach(input -> addIfOutside(input, inside, read));
      for (int output : node.outputs()) {
        List<Integer> outside = output < 0 ? List.of() : readers(output, inside);
        if (!outside.isEmpty()) {
          readers.put(output, outside);
        }
      }
    }
    for (int output : readers.keySet()) {
      for (int input : read) {
        if (Layouts.same(map.tensor(input), map.tensor(output))) {
          Optional<Child> found = child(child, input, output, inside, readers);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The nodes outside that read a tensor; whoever runs the network counts as -1. */
  private List<Integer> readers(int tensor, Set<Integer> inside) {
    List<Integer> readers = new ArrayList<>(graph.consumers(tensor));
    readers.removeIf(inside::contains);
    if (outputs.contains(tensor)) {
      readers.add(USER);
    }
    return readers;
  }

  private Optional<Child> child(
      LayerNode child,
      int input,
      int output,
      Set<Integer> inside,
      Map<Integer, List<Integer>> readers) {
    Optional<Region> region = residuals.regions().between(input, output, Integer.MAX_VALUE);
    if (region.isEmpty()) {
      return Optional.empty();
    }
    Set<Integer> nodes = new TreeSet<>(inside);
    nodes.addAll(region.get().nodes());
    for (Map.Entry<Integer, List<Integer>> given : readers.entrySet()) {
      if (given.getKey() != output && !nodes.containsAll(given.getValue())) {
        return Optional.empty();
      }
    }
    List<Residual> sums = sums(input, output, nodes);
    Block block = new Block(child.name(), List.copyOf(nodes), input, output);
    return sums.isEmpty() ? Optional.empty() : Optional.of(new Child(block, sums));
  }

  private void addIfOutside(int tensor, Set<Integer> inside, Set<Integer> read) {
    if (tensor >= 0
        && !graph.tensor(tensor).parameter()
        && !inside.contains(graph.tensor(tensor).producer())) {
      read.add(tensor);
    }
  }

  /** The residual sums on the way between two tensors; none if there is another thing on it. */
  private List<Residual> sums(int input, int output, Set<Integer> inside) {
    List<Residual> sums = new ArrayList<>();
    int tensor = input;
    int before = input;
    while (tensor >= 0 && tensor != output) {
      Optional<Residual> residual =
          residuals.startingAt(tensor).stream()
              .filter(candidate -> inside.contains(candidate.sum()))
              .findFirst();
      if (residual.isPresent() && residuals.scales(before, tensor)) {
        return List.of();
      }
      residual.ifPresent(sums::add);
      tensor =
          residual.isPresent() ? residual.get().output() : residuals.next(tensor, inside::contains);
      before = residual.isPresent() ? tensor : before;
    }
    return tensor == output && !residuals.scales(before, output) ? sums : List.of();
  }
}
