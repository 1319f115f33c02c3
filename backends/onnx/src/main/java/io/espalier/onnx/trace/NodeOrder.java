package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Puts nodes in an order in which each stands behind those whose outputs it reads. */
final class NodeOrder {
  private NodeOrder() {}

  /**
   * The indices of the nodes in topological order: the order of the file where that is one, as the
   * standard demands, else the one closest to it.
   *
   * @param captures the names that sub-graphs of each node read
   * @throws TraceException if nodes wait for one another in a circle
   */
  static int[] of(List<NodeProto> nodes, List<List<String>> captures) {
    Map<String, Integer> producers = new HashMap<>(nodes.size() * 2);
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        producers.putIfAbsent(output, i);
      }
    }
    producers.remove("");
    int[] order = new int[nodes.size()];
    boolean sorted = true;
    for (int i = 0; i < order.length && sorted; i++) {
      order[i] = i;
      sorted = sorted(nodes.get(i).getInputList(), i, producers);
      sorted &= sorted(captures.get(i), i, producers);
    }
    return sorted ? order : sort(nodes, captures, producers);
  }

  private static boolean sorted(List<String> names, int reader, Map<String, Integer> producers) {
    for (String name : names) {
      if (producers.getOrDefault(name, -1) >= reader) {
        return false;
      }
    }
    return true;
  }

  private static int[] sort(
      List<NodeProto> nodes, List<List<String>> captures, Map<String, Integer> producers) {
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(node -> readers.add(new ArrayList<>()));
    int[] waiting = new int[nodes.size()];
    for (int i = 0; i < waiting.length; i++) {
      List<String> names = new ArrayList<>(nodes.get(i).getInputList());
      names.addAll(captures.get(i));
      for (String name : names) {
        Integer producer = producers.get(name);
        if (producer != null) {
          readers.get(producer).add(i);
          waiting[i]++;
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    int[] order = new int[nodes.size()];
    int done = 0;
    while (!ready.isEmpty()) {
      int next = ready.remove();
      order[done++] = next;
      for (int reader : readers.get(next)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (done < order.length) {
      throw circle(nodes, waiting);
    }
    return order;
  }

  private static TraceException circle(List<NodeProto> nodes, int[] waiting) {
    int first = 0;
    while (waiting[first] == 0) {
      first++;
    }
    NodeProto node = nodes.get(first);
    return new TraceException(
        "node #"
            + first
            + " \""
            + node.getName()
            + "\" ("
            + node.getOpType()
            + ") waits for its own output; the model is damaged, export it again");
  }
}
