package io.espalier.core.cost;

import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.Reason;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights and biases that a file holds, as a function of widths: each stored tensor once,
 * however many nodes read it, and each of its slices once where they differ.
 *
 * <p>A tensor counts if data meet it, as it is stored or as parameters alone are computed from it.
 * What is made of nothing that is stored, as weights that old files fill with one number, counts as
 * if it were.
 */
final class WrittenParams {
  private final Slice[][] tensors;

  /**
   * What some nodes read of one tensor.
   *
   * @param axes its axes
   * @param size the number of its elements where nothing is cut
   * @param readers the nodes on data that it is for
   */
  @SuppressWarnings("ArrayRecordComponent") // slices are not compared
  private record Slice(int[] axes, long size, BitSet readers) {}

  WrittenParams(CostedNetwork network) {
    this.tensors = new Collector(network).collect();
  }

  /** The number of elements. */
  long count(Extents extents) {
    long sum = 0;
    for (Slice[] slices : tensors) {
      boolean whole = false;
      for (Slice slice : slices) {
        if (extents.areGone(slice.readers())) {
          continue;
        }
        long size = extents.product(slice.axes());
        boolean all = size == slice.size();
        if (!all || !whole) {
          sum = Math.addExact(sum, size);
        }
        whole |= all;
      }
    }
    return sum;
  }

  /** Finds what is stored, going against the flow of data. */
  private static final class Collector {
    private static final Reason KNOWN = new Reason("", "", "it is known by its name");

    private final CostedNetwork network;
    private final SymMap map;
    private final Graph graph;

    /** By tensor, then by its axes: equal ones are slices that come out equal at any widths. */
    private final Map<Integer, Map<List<Integer>, Slice>> found = new LinkedHashMap<>();

    /** For each tensor: the nodes on data that it, or what is made of it, is read by. */
    private final BitSet[] readers;

    /** Whether a stored weight went into a tensor. */
    private final BitSet stored = new BitSet();

    Collector(CostedNetwork network) {
      this.network = network;
      this.map = network.map();
      this.graph = map.graph();
      this.readers = new BitSet[graph.tensors().size()];
      for (int i = 0; i < readers.length; i++) {
        readers[i] = new BitSet(0);
      }
      for (GraphNode node : graph.nodes()) {
        if (isParameter(node) && node.inputs().stream().anyMatch(this::holdsWeights)) {
          node.outputs().stream().filter(output -> output >= 0).forEach(stored::set);
        }
      }
    }

    private boolean holdsWeights(int tensor) {
      if (tensor < 0) {
        return false;
      }
      Constant constant = graph.constant(tensor);
      return constant == null ? stored.get(tensor) : isWeight(constant);
    }

    private static boolean isWeight(Constant constant) {
      return constant.dims().length > 0 && (!constant.integer() || constant.narrow());
    }

    Slice[][] collect() {
      List<GraphNode> nodes = graph.nodes();
      for (int i = nodes.size() - 1; i >= 0; i--) {
        GraphNode node = nodes.get(i);
        boolean parameter = isParameter(node);
        BitSet through = new BitSet();
        if (parameter) {
          for (int output : node.outputs()) {
            if (output >= 0) {
              through.or(readers[output]);
            }
          }
        } else {
          through.set(i);
        }
        if (!through.isEmpty()) {
          read(node, through, parameter);
        }
      }
      BitSet always = new BitSet();
      always.set(nodes.size());
      graph.outputs().forEach(output -> keepWhole(output, always));
      return found.values().stream()
          .map(slices -> slices.values().toArray(Slice[]::new))
          .toArray(Slice[][]::new);
    }

    private void read(GraphNode node, BitSet through, boolean parameter) {
      NodeFacts facts = map.facts(node.index());
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        if (input < 0 || !graph.tensor(input).parameter() || facts.statistics().contains(i)) {
          continue;
        }
        Constant constant = graph.constant(input);
        List<Layout> layouts = map.input(node.index(), i);
        boolean counts =
            constant != null
                ? isWeight(constant) || isMultiplied(node, constant)
                : !parameter && !stored.get(input) && map.ints(input).isEmpty();
        if (counts && layouts != null && !layouts.isEmpty()) {
          add(graph.root(input), layouts, through);
        }
        readers[input].or(through);
      }
      for (int captured : node.captured()) {
        keepWhole(captured, through);
      }
    }

    /** Integers of more bits are indices and sizes, but where they are multiplied. */
    private boolean isMultiplied(GraphNode node, Constant constant) {
      return constant.dims().length > 0
          && (!map.facts(node.index()).macs().isEmpty() || map.uncounted().contains(node.index()));
    }

    /** A tensor that is known by its name stays as it is. */
    private void keepWhole(int tensor, BitSet through) {
      Constant constant = graph.constant(tensor);
      if (constant != null && isWeight(constant)) {
        List<Layout> axes = new ArrayList<>();
        for (long dim : constant.dims()) {
          axes.add(new Layout.Fixed(dim, KNOWN, false, false));
        }
        add(graph.root(tensor), axes, through);
      }
    }

    private void add(int tensor, List<Layout> axes, BitSet through) {
      long size = 1;
      for (Layout axis : axes) {
        boolean batch = axis instanceof Layout.Fixed fixed && fixed.batch();
        size = Math.multiplyExact(size, batch ? 1 : axis.extent());
      }
      int[] slots = network.axes(axes);
      long whole = size;
      Slice slice =
          found
              .computeIfAbsent(tensor, id -> new LinkedHashMap<>())
              .computeIfAbsent(
                  Arrays.stream(slots).boxed().toList(),
                  key -> new Slice(slots, whole, new BitSet()));
      slice.readers().or(through);
    }

    private boolean isParameter(GraphNode node) {
      return node.outputs().stream()
          .allMatch(output -> output < 0 || graph.tensor(output).parameter());
    }
  }
}
