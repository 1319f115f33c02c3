package io.espalier.core.calibration;

import io.espalier.spi.Linear;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the nodes whose weights can be solved anew from data, and says why others cannot. */
public final class Places {
  private static final OpId TRANSPOSE = OpId.of("Transpose");
  private static final int LONGEST_CHAIN = 4;

  private final SymMap map;
  private final Graph graph;
  private final List<Place> places = new ArrayList<>();
  private final Map<Integer, String> left = new LinkedHashMap<>();
  private final Set<Integer> outputs;

  private Places(SymMap map) {
    this.map = map;
    this.graph = map.graph();
    this.outputs = new HashSet<>(graph.outputs());
    find();
  }

  /** Those of a solved network. */
  public static Places of(SymMap map) {
    return new Places(map);
  }

  /** The places, in graph order. */
  public List<Place> places() {
    return places;
  }

  /** How many levels they are on. */
  public int levels() {
    return (int) places.stream().mapToInt(Place::level).distinct().count();
  }

  /** Nodes that are linear in a weight which cannot be solved anew, and the reason. */
  public Map<Integer, String> left() {
    return left;
  }

  private void find() {
    int[] levels = new int[graph.tensors().size()];
    for (GraphNode node : graph.nodes()) {
      int level = 0;
      for (int input : node.inputs()) {
        level = Math.max(level, input < 0 ? 0 : levels[input]);
      }
      for (int input : node.captured()) {
        level = Math.max(level, levels[input]);
      }
      List<Linear> forms = map.facts(node.index()).linear();
      if (!forms.isEmpty()) {
        level++;
        add(node, forms.get(0), level);
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          levels[output] = level;
        }
      }
    }
  }

  private void add(GraphNode node, Linear form, int level) {
    int data = node.inputs().get(form.data());
    if (graph.tensor(data).parameter()) {
      return;
    }
    if (graph.repeated(node.index())) {
      left.put(node.index(), "it runs many times in a loop");
      return;
    }
    Optional<Place.Stored> stored = stored(node.inputs().get(form.weight()));
    if (stored.isEmpty()) {
      left.put(node.index(), "its weight is computed");
      return;
    }
    Constant constant = constant(stored.get().tensor());
    if (constant.integer()) {
      left.put(node.index(), "its weight holds integers");
      return;
    }
    if (!StoredWeight.fits(constant, form)) {
      left.put(node.index(), "its weight has more than two axes of channels");
      return;
    }
    List<Integer> chain = new ArrayList<>();
    int sum = chain(node.outputs().get(0), form.outputAxis(), chain);
    places.add(new Place(node.index(), form, stored.get(), chain, sum, level, mask(data, form)));
  }

  private Constant constant(int tensor) {
    Constant constant = graph.tensor(tensor).constant();
    if (constant == null) {
      throw new IllegalStateException("tensor " + tensor + " is no constant");
    }
    return constant;
  }

  /** The stored parameter that a tensor is, perhaps with its two axes exchanged. */
  public Optional<Place.Stored> stored(int tensor) {
    return stored(graph, tensor);
  }

  /** The stored parameter that a tensor of a graph is, perhaps with its two axes exchanged. */
  public static Optional<Place.Stored> stored(Graph graph, int tensor) {
    int root = graph.root(tensor);
    if (graph.tensor(root).constant() != null) {
      return Optional.of(new Place.Stored(root, false));
    }
    int producer = graph.tensor(root).producer();
    if (producer < 0 || !graph.nodes().get(producer).op().equals(TRANSPOSE)) {
      return Optional.empty();
    }
    int source = graph.root(graph.nodes().get(producer).inputs().get(0));
    Constant constant = graph.tensor(source).constant();
    return constant != null && constant.dims().length == 2
        ? Optional.of(new Place.Stored(source, true))
        : Optional.empty();
  }

  /**
   * Follows what a node computes as long as it is read once, by a node that only scales and shifts
   * its channels.
   *
   * @param chain takes those nodes
   * @return the sum that comes next; -1 for none
   */
  private int chain(int from, int axis, List<Integer> chain) {
    int tensor = from;
    while (!outputs.contains(tensor) && graph.consumers(tensor).size() == 1) {
      GraphNode reader = graph.nodes().get(graph.consumers(tensor).get(0));
      NodeFacts.Affine affine = map.facts(reader.index()).affine();
      List<Layout> before = map.tensor(tensor);
      int output = reader.outputs().isEmpty() ? -1 : reader.outputs().get(0);
      List<Layout> after = output < 0 ? null : map.tensor(output);
      if (affine == null || before == null || after == null || !before.equals(after)) {
        return -1;
      }
      int position = reader.inputs().indexOf(tensor);
      if (!affine.inputs().contains(position)) {
        return -1;
      }
      if (affine.inputs().size() > 1) {
        return affine.inputs().size() == 2 ? reader.index() : -1;
      }
      if (chain.size() == LONGEST_CHAIN || !byChannel(reader, position, after.size(), axis)) {
        return -1;
      }
      chain.add(reader.index());
      tensor = output;
    }
    return -1;
  }

  /** Whether all other inputs vary along the axis of the channels alone. */
  private boolean byChannel(GraphNode reader, int data, int rank, int axis) {
    for (int i = 0; i < reader.inputs().size(); i++) {
      List<Layout> axes =
          i == data || reader.inputs().get(i) < 0 ? null : map.input(reader.index(), i);
      if (axes == null) {
        continue;
      }
      boolean norm = reader.inputs().size() > 2 && axes.size() == 1;
      if (norm && axis != 1) {
        return false; // the lists of a norm lie along the second axis
      }
      for (int j = 0; j < axes.size() && !norm; j++) {
        if (axes.get(j).extent() > 1 && j + rank - axes.size() != axis) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether only the positive part of a tensor is read, perhaps behind a choice of the largest. */
  public boolean isRectified(int tensor) {
    int at = tensor;
    while (!outputs.contains(at) && !graph.consumers(at).isEmpty()) {
      int now = at;
      if (graph.consumers(at).stream().allMatch(reader -> rectifies(reader, now))) {
        return true;
      }
      if (graph.consumers(at).size() != 1) {
        return false;
      }
      GraphNode reader = graph.nodes().get(graph.consumers(at).get(0));
      int selected = map.facts(reader.index()).selected();
      if (selected < 0 || reader.inputs().get(selected) != at) {
        return false;
      }
      at = reader.outputs().get(0);
    }
    return false;
  }

  private boolean rectifies(int reader, int tensor) {
    int rectified = map.facts(reader).rectified();
    return rectified >= 0 && graph.nodes().get(reader).inputs().get(rectified) == tensor;
  }

  /** The input of integers, called a mask, that has the extents of the rows; empty for none. */
  private String mask(int data, Linear form) {
    List<Layout> axes = map.tensor(data);
    if (axes == null || axes.size() != 3 || form.dataAxis() != 2) {
      return "";
    }
    for (int input : graph.inputs()) {
      List<Layout> own = map.tensor(input);
      if (graph.tensor(input).name().toLowerCase(Locale.ROOT).contains("mask")
          && own != null
          && own.size() == 2
          && own.get(0).extent() == axes.get(0).extent()
          && own.get(1).extent() == axes.get(1).extent()) {
        return graph.tensor(input).name();
      }
    }
    return "";
  }
}
