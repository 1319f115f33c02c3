package io.espalier.core.structure;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the nodes that a network has for the sake of one tensor alone, back to another tensor. */
final class Regions {
  private final Graph graph;
  private final BitSet outputs = new BitSet();

  Regions(Graph graph) {
    this.graph = graph;
    graph.outputs().forEach(outputs::set);
  }

  /**
   * Nodes of which no reader outside sees anything but one tensor.
   *
   * @param nodes their indices, ascending
   * @param reads the tensors from outside that they read, parameters included
   */
  record Region(List<Integer> nodes, Set<Integer> reads) {
    Region {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * The region between two tensors; empty if it is larger than asked for, or if the node that
   * computes the last tensor computes something else that is read.
   *
   * @param from the tensor it starts behind
   * @param to the tensor it is there for
   * @param most the largest number of nodes
   */
  Optional<Region> between(int from, int to, int most) {
    int last = graph.tensor(to).producer();
    if (last < 0 || readings(graph.nodes().get(last)) != readings(to)) {
      return Optional.empty();
    }
    List<Integer> nodes = new ArrayList<>();
    Set<Integer> reads = new LinkedHashSet<>();
    Map<Integer, Integer> unseen = new HashMap<>();
    Deque<Integer> work = new ArrayDeque<>(List.of(last));
    while (!work.isEmpty()) {
      GraphNode node = graph.nodes().get(work.poll());
      nodes.add(node.index());
      if (nodes.size() > most) {
        return Optional.empty();
      }
      for (List<Integer> tensors : List.of(node.inputs(), node.captured())) {
        for (int tensor : tensors) {
          if (tensor >= 0) {
            reads.add(tensor);
            see(tensor, graph.tensor(from).producer(), unseen, work);
          }
        }
      }
    }
    nodes.forEach(node -> reads.removeAll(graph.nodes().get(node).outputs()));
    nodes.sort(null);
    return Optional.of(new Region(nodes, reads));
  }

  /** Counts one reading; a node all of whose results are read inside is inside. */
  private void see(int tensor, int before, Map<Integer, Integer> unseen, Deque<Integer> work) {
    int producer = graph.tensor(tensor).producer();
    if (producer >= 0 && producer != before) {
      int left = unseen.getOrDefault(producer, readings(graph.nodes().get(producer))) - 1;
      unseen.put(producer, left);
      if (left == 0) {
        work.add(producer);
      }
    }
  }

  private int readings(GraphNode node) {
    return node.outputs().stream().filter(output -> output >= 0).mapToInt(this::readings).sum();
  }

  /** How often a tensor is read; by who runs the network, too. */
  private int readings(int tensor) {
    return graph.consumers(tensor).size() + (outputs.get(tensor) ? 1 : 0);
  }
}
