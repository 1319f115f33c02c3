package io.espalier.core.latency;

import io.espalier.core.cost.CostedNetwork;
import io.espalier.core.cost.Extents;
import io.espalier.core.values.Saturated;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network in segments: a node that multiplies, with those after it that keep its axes, such as a
 * norm, an activation, a sum. A runtime fuses nodes within a segment in one network and not in
 * another, so what is timed and predicted is the whole.
 */
final class Segments {
  /** Where the operations stand among the sizes of a segment. */
  static final int MACS = 0;

  /** Where the elements stand that are read and written. */
  static final int ELEMENTS = 1;

  /** Where it stands how many axes data have; these come first among the axes. */
  static final int WIDTHS = 2;

  /** Where the axes begin. */
  static final int FIRST_AXIS = 3;

  private final List<Segment> segments = new ArrayList<>();
  private final int[] segmentOf;

  /**
   * The nodes of a segment, and the slots of all axes that may shrink, in the order in which nodes
   * show them: slots have other numbers where other costs are counted, too.
   */
  private static final class Segment {
    private final List<Part> parts = new ArrayList<>();
    private final Set<Integer> widths = new LinkedHashSet<>();
    private final Set<Integer> others = new LinkedHashSet<>();
    private int[] slots = {};
  }

  /**
   * A node.
   *
   * @param macs the products that it computes
   * @param tensors the axes of what it reads and writes
   */
  private record Part(int node, List<int[]> macs, List<int[]> tensors) {}

  Segments(CostedNetwork network) {
    SymMap map = network.map();
    Graph graph = map.graph();
    this.segmentOf = new int[graph.nodes().size()];
    Arrays.fill(segmentOf, -1);
    List<Set<Integer>> kept = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      kept.add(outputAxes(network, node));
      if (node.outputs().stream().allMatch(id -> id < 0 || graph.tensor(id).parameter())) {
        continue;
      }
      int before = before(graph, node);
      boolean joins =
          before >= 0
              && map.facts(node.index()).macs().isEmpty()
              && kept.get(before).equals(kept.get(node.index()));
      if (!joins) {
        segments.add(new Segment());
      }
      segmentOf[node.index()] = joins ? segmentOf[before] : segments.size() - 1;
      add(segments.get(segmentOf[node.index()]), network, node);
    }
    for (Segment segment : segments) {
      segment.others.removeAll(segment.widths);
      segment.slots =
          Stream.concat(segment.widths.stream(), segment.others.stream())
              .mapToInt(Integer::intValue)
              .toArray();
    }
  }

  /** The node that computes the first data that a node reads; -1 if there is none. */
  private int before(Graph graph, GraphNode node) {
    for (int input : node.inputs()) {
      if (input >= 0 && !graph.tensor(input).parameter()) {
        int producer = graph.tensor(input).producer();
        return producer >= 0 && segmentOf[producer] >= 0 ? producer : -1;
      }
    }
    return -1;
  }

  private static Set<Integer> outputAxes(CostedNetwork network, GraphNode node) {
    Set<Integer> axes = new LinkedHashSet<>();
    for (int output : node.outputs()) {
      if (output >= 0) {
        addFree(axes, network, network.map().tensor(output));
      }
    }
    return axes;
  }

  private static void addFree(
      Set<Integer> axes, CostedNetwork network, @Nullable List<Layout> layouts) {
    if (layouts != null) {
      layouts.stream().filter(Layout::isFree).forEach(layout -> axes.add(network.axis(layout)));
    }
  }

  private static void add(Segment segment, CostedNetwork network, GraphNode node) {
    SymMap map = network.map();
    List<int[]> macs = new ArrayList<>();
    for (List<Layout> product : map.facts(node.index()).macs()) {
      macs.add(network.axes(product));
      addFree(segment.others, network, product);
    }
    List<int[]> tensors = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      if (input >= 0) {
        boolean data = !map.graph().tensor(input).parameter();
        Set<Integer> axes = data ? segment.widths : segment.others;
        add(axes, tensors, network, map.input(node.index(), i));
      }
    }
    for (int output : node.outputs()) {
      if (output >= 0) {
        add(segment.widths, tensors, network, map.tensor(output));
      }
    }
    segment.parts.add(new Part(node.index(), macs, tensors));
  }

  private static void add(
      Set<Integer> axes,
      List<int[]> tensors,
      CostedNetwork network,
      @Nullable List<Layout> layouts) {
    if (layouts != null) {
      tensors.add(network.axes(layouts));
      addFree(axes, network, layouts);
    }
  }

  /** How many there are. */
  int count() {
    return segments.size();
  }

  /** The segment of each node; -1 for one that computes on parameters alone. */
  int[] byNode() {
    return segmentOf.clone();
  }

  /** What the first node of each is called. */
  List<String> names(Graph graph) {
    return segments.stream()
        .map(segment -> graph.nodes().get(segment.parts.get(0).node()).label())
        .toList();
  }

  /** How large a segment is: operations, elements, and its axes; empty if it is gone. */
  long[] sizes(int index, Extents extents) {
    Segment segment = segments.get(index);
    long macs = 0;
    long elements = 0;
    boolean gone = true;
    for (Part part : segment.parts) {
      if (!extents.isGone(part.node())) {
        gone = false;
        macs = Saturated.plus(macs, sum(part.macs(), extents));
        elements = Saturated.plus(elements, sum(part.tensors(), extents));
      }
    }
    if (gone) {
      return new long[0];
    }
    long[] sizes = new long[FIRST_AXIS + segment.slots.length];
    sizes[MACS] = macs;
    sizes[ELEMENTS] = elements;
    sizes[WIDTHS] = segment.widths.size();
    for (int i = 0; i < segment.slots.length; i++) {
      sizes[FIRST_AXIS + i] = extents.of(segment.slots[i]);
    }
    return sizes;
  }

  private static long sum(List<int[]> products, Extents extents) {
    long sum = 0;
    for (int[] product : products) {
      sum = Saturated.plus(sum, extents.product(product));
    }
    return sum;
  }
}
