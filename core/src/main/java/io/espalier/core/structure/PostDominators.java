package io.espalier.core.structure;

import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.BitSet;

/**
 * Which node every way from a node to the end of a network leads through: its post-dominators,
 * which form a tree whose root is the end. Built in n log n steps.
 */
final class PostDominators {
  private final int end;
  private final int[] parent;
  private final int[] depth;

  /** A post-dominator further up, so that the way to any of them takes a logarithm of steps. */
  private final int[] jump;

  PostDominators(Graph graph) {
    this.end = graph.nodes().size();
    this.parent = new int[end + 1];
    this.depth = new int[end + 1];
    this.jump = new int[end + 1];
    parent[end] = end;
    jump[end] = end;
    BitSet outputs = new BitSet();
    graph.outputs().forEach(outputs::set);
    for (int index = end - 1; index >= 0; index--) {
      add(index, next(graph, graph.nodes().get(index), outputs));
    }
  }

  private int next(Graph graph, GraphNode node, BitSet outputs) {
    int common = -1;
    for (int output : node.outputs()) {
      if (output >= 0) {
        common = outputs.get(output) ? end : common;
        for (int consumer : graph.consumers(output)) {
          common = common < 0 ? consumer : common(common, consumer);
        }
      }
    }
    return common < 0 ? end : common;
  }

  private void add(int node, int next) {
    parent[node] = next;
    depth[node] = depth[next] + 1;
    int far = jump[next];
    boolean even = depth[next] - depth[far] == depth[far] - depth[jump[far]];
    jump[node] = even ? jump[far] : next;
  }

  /** The index that stands for the end of the network, behind that of every node. */
  int end() {
    return end;
  }

  /** The first node that every way from both nodes, themselves included, leads through. */
  int common(int one, int other) {
    int a = depth[one] >= depth[other] ? one : other;
    int b = a == one ? other : one;
    a = atDepth(a, depth[b]);
    while (a != b) {
      boolean near = jump[a] == jump[b];
      a = near ? parent[a] : jump[a];
      b = near ? parent[b] : jump[b];
    }
    return a;
  }

  private int atDepth(int node, int wanted) {
    int at = node;
    while (depth[at] > wanted) {
      at = depth[jump[at]] >= wanted ? jump[at] : parent[at];
    }
    return at;
  }

  /** Whether every way from a node leads through another one. */
  boolean leadsThrough(int node, int other) {
    return node != other && depth[node] > depth[other] && atDepth(node, depth[other]) == other;
  }
}
