package io.espalier.core.compensation;

import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.moments.DataModel;
import io.espalier.core.values.Cut;
import io.espalier.spi.Linear;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the weights of a carved network that do not compute any more what they did, and can be
 * solved anew; and says why others cannot.
 */
final class Sites {
  /** Moments of more columns take too long to solve. */
  private static final int WIDEST = 2304;

  private final Cut cut;
  private final SymMap map;
  private final DataModel carved;
  private final Graph graph;
  private final Map<String, GraphNode> byOutput = new HashMap<>();
  private final List<Site> sites = new ArrayList<>();
  private final Map<String, String> left = new LinkedHashMap<>();

  private Sites(Cut cut, DataModel carved) {
    this.cut = cut;
    this.map = cut.map();
    this.carved = carved;
    this.graph = carved.graph();
    for (GraphNode node : graph.nodes()) {
      if (!node.outputs().isEmpty() && node.outputs().get(0) >= 0) {
        byOutput.put(graph.tensor(node.outputs().get(0)).name(), node);
      }
    }
  }

  static Sites of(Cut cut, DataModel carved, Places places) {
    Sites sites = new Sites(cut, carved);
    sites.find(places);
    return sites;
  }

  /** The weights, in the order of the graph. */
  List<Site> sites() {
    return sites;
  }

  /** First outputs of nodes whose weights are left alone, and the reason. */
  Map<String, String> left() {
    return left;
  }

  private void find(Places places) {
    boolean[] touched = touched();
    places.left().forEach((node, reason) -> leave(node, reason, touched));
    Map<Integer, List<Place>> readers = new LinkedHashMap<>();
    for (Place place : places.places()) {
      int node = place.node();
      if (cut.skips(node) || !touched[output(node)]) {
        continue;
      }
      GraphNode own = byOutput.get(name(output(node)));
      Optional<Place.Stored> stored =
          own == null
              ? Optional.empty()
              : Places.stored(graph, own.inputs().get(place.form().weight()));
      if (stored.isEmpty()) {
        leave(node, "its weight is computed in the smaller network", touched);
      } else {
        readers.computeIfAbsent(stored.get().tensor(), key -> new ArrayList<>()).add(place);
      }
    }
    readers.forEach((tensor, uses) -> add(tensor, uses, touched));
  }

  private void leave(int node, String reason, boolean[] touched) {
    if (!cut.skips(node) && touched[output(node)]) {
      left.put(name(output(node)), reason);
    }
  }

  private int output(int node) {
    return map.graph().nodes().get(node).outputs().get(0);
  }

  private String name(int tensor) {
    return map.graph().tensor(tensor).name();
  }

  /** The tensors that do not hold what they do in the original. */
  private boolean[] touched() {
    Graph original = map.graph();
    boolean[] touched = new boolean[original.tensors().size()];
    cut.replacedTensors().forEach(tensor -> touched[tensor] = true);
    for (GraphNode node : original.nodes()) {
      boolean any = node.captured().stream().anyMatch(tensor -> touched[tensor]);
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        List<Layout> axes = input < 0 ? null : map.input(node.index(), i);
        any |= input >= 0 && touched[input];
        any |= axes != null && axes.stream().anyMatch(cut::cuts);
      }
      for (int output : node.outputs()) {
        if (output >= 0) {
          touched[output] |= any;
        }
      }
    }
    return touched;
  }

  private void add(int tensor, List<Place> uses, boolean[] touched) {
    Constant constant = Objects.requireNonNull(graph.tensor(tensor).constant());
    Place first = uses.get(0);
    List<GraphNode> nodes =
        uses.stream()
            .map(use -> Objects.requireNonNull(byOutput.get(name(output(use.node())))))
            .toList();
    String problem = problem(tensor, uses, nodes, constant);
    if (problem.isEmpty()) {
      Place.Stored stored =
          Places.stored(graph, nodes.get(0).inputs().get(first.form().weight())).orElseThrow();
      StoredWeight weight = new StoredWeight(constant, first.form(), stored.transposed());
      int groups = groups(first);
      boolean windows = groups > 1 || weight.places() > 1 || isStrided(first);
      long columns = (long) weight.rows() * weight.places();
      String reader = graph.tensor(nodes.get(0).outputs().get(0)).name();
      boolean wide = columns > WIDEST;
      if (wide
          && !(weight.places() > 1 && weight.rows() <= WIDEST && isPlain(uses, groups, nodes))) {
        problem =
            "what it reads has " + columns + " columns; at most " + WIDEST + " are solved for";
      } else if (windows && !wide && !carved.hasWindows(reader)) {
        problem = "its window cannot be spelled out";
      } else {
        int level = uses.stream().mapToInt(Place::level).max().orElse(0);
        Site.Shift shift =
            uses.size() > 1 || wide ? null : shift(first, nodes.get(0), weight.columns());
        String name = graph.tensor(tensor).name();
        sites.add(new Site(name, weight, uses, reader, groups, windows && !wide, shift, level));
        return;
      }
    }
    for (Place use : uses) {
      leave(use.node(), problem, touched);
    }
  }

  /** Whether a weight is read once, in one group, from a tensor that is computed alike in both. */
  private boolean isPlain(List<Place> uses, int groups, List<GraphNode> nodes) {
    Place place = uses.get(0);
    int input = nodes.get(0).inputs().get(place.form().data());
    return uses.size() == 1
        && groups == 1
        && graph.tensor(input).producer() >= 0
        && graph.tensor(input).name().equals(ChannelMap.read(map, place));
  }

  /** Why a weight cannot be solved; empty if it can. */
  private String problem(int tensor, List<Place> uses, List<GraphNode> nodes, Constant constant) {
    if (!carved.isStored(graph.tensor(tensor).name())) {
      return "its weight is no stored parameter";
    }
    if (constant.integer()) {
      return "its weight holds integers";
    }
    long readers = graph.nodes().stream().filter(node -> reads(node, tensor)).count();
    if (readers != uses.size()) {
      return "something else reads its weight, too";
    }
    if (uses.size() > 1 && uses.stream().anyMatch(use -> !use.chain().isEmpty())) {
      return "it is shared, and what it computes is scaled or shifted behind it";
    }
    Linear form = uses.get(0).form();
    for (int i = 0; i < uses.size(); i++) {
      if (!uses.get(i).form().equals(form)
          || !Places.stored(graph, nodes.get(i).inputs().get(form.weight()))
              .equals(Places.stored(graph, nodes.get(0).inputs().get(form.weight())))) {
        return "its weight is read in different ways";
      }
    }
    for (Place use : uses) {
      List<Layout> axes = map.tensor(output(use.node()));
      for (int i = 0; axes != null && i < axes.size(); i++) {
        if (i != form.outputAxis() && cut.cuts(axes.get(i))) {
          return "an axis is cut along which it is applied";
        }
      }
    }
    return "";
  }

  /** Whether a node reads a constant, as it is, through copies, or transposed. */
  private boolean reads(GraphNode node, int constant) {
    return node.captured().contains(constant)
        || (byOutput.containsKey(graph.tensor(first(node)).name())
            && node.inputs().stream()
                .anyMatch(
                    input ->
                        input >= 0
                            && !graph.tensor(first(node)).parameter()
                            && Places.stored(graph, input)
                                .filter(stored -> stored.tensor() == constant)
                                .isPresent()));
  }

  private static int first(GraphNode node) {
    return node.outputs().stream().filter(output -> output >= 0).findFirst().orElse(0);
  }

  private int groups(Place place) {
    if (place.form().groups() == 1) {
      return 1;
    }
    Layout all =
        Objects.requireNonNull(map.input(place.node(), place.form().data()))
            .get(place.form().dataAxis());
    Layout within =
        Objects.requireNonNull(map.input(place.node(), place.form().weight()))
            .get(place.form().contracted());
    return Math.toIntExact(cut.extent(all) / cut.extent(within));
  }

  /** Whether a node leaves out places of what it reads. */
  private boolean isStrided(Place place) {
    List<Layout> x = Objects.requireNonNull(map.input(place.node(), place.form().data()));
    List<Layout> y = Objects.requireNonNull(map.tensor(output(place.node())));
    boolean strided = x.size() != y.size();
    for (int i = 0; i < x.size() && !strided; i++) {
      strided = i != place.form().dataAxis() && x.get(i).extent() != y.get(i).extent();
    }
    return strided;
  }

  private Site.@Nullable Shift shift(Place place, GraphNode node, int channels) {
    Linear form = place.form();
    if (form.bias() >= 0) {
      Site.Shift own = shift(node, form.bias(), channels, false);
      if (own != null) {
        return own;
      }
    }
    if (place.chain().isEmpty()) {
      return null;
    }
    int next = place.chain().get(0);
    NodeFacts.Affine affine = map.facts(next).affine();
    GraphNode behind = byOutput.get(name(output(next)));
    return affine == null || affine.shift() < 0 || behind == null
        ? null
        : shift(behind, affine.shift(), channels, true);
  }

  private Site.@Nullable Shift shift(GraphNode node, int input, int channels, boolean behind) {
    int tensor = input < node.inputs().size() ? node.inputs().get(input) : -1;
    if (tensor < 0) {
      return null;
    }
    int root = graph.root(tensor);
    Constant constant = graph.tensor(root).constant();
    if (constant == null
        || constant.integer()
        || constant.size() != channels
        || !carved.isStored(graph.tensor(root).name())
        || graph.consumers(root).size() != 1) {
      return null;
    }
    float[] numbers = new float[channels];
    constant.floats().duplicate().get(numbers);
    return new Site.Shift(graph.tensor(root).name(), numbers, behind);
  }
}
