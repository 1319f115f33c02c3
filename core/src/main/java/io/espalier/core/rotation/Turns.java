package io.espalier.core.rotation;

import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the widths whose units may be mixed. From each weight that writes one the way is followed
 * through nodes that only move numbers, scale all of them alike, or add a shift, to a product or to
 * a weight that reads it; what else stands there, or reads along, leaves the width as it is.
 */
final class Turns {
  /** Nodes that hand on the same numbers in another shape. */
  private static final Set<OpId> VIEWS =
      Stream.of("Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze")
          .map(OpId::of)
          .collect(Collectors.toUnmodifiableSet());

  private static final OpId PRODUCT = OpId.of("MatMul");
  private static final OpId SOFTMAX = OpId.of("Softmax");

  /** The version from which on a Softmax runs over the last axis where it does not say. */
  private static final int LAST_BY_DEFAULT = 13;

  /** Reads the extents of a tensor and none of its numbers. */
  private static final OpId SHAPE = OpId.of("Shape");

  private final SymMap map;
  private final Graph graph;
  private final Predicate<String> stored;
  private final Map<Integer, Place> places = new LinkedHashMap<>();

  private Turns(SymMap map, Predicate<String> stored) {
    this.map = map;
    this.graph = map.graph();
    this.stored = stored;
    for (Place place : Places.of(map).places()) {
      if (isPlain(place)) {
        places.put(place.node(), place);
      }
    }
  }

  /**
   * Those of a network, in graph order.
   *
   * @param stored whether a parameter of a name can be given other values
   */
  static List<Turn> of(SymMap map, Predicate<String> stored) {
    return new Turns(map, stored).find();
  }

  /** Whether a node multiplies with a matrix of its own. */
  private boolean isPlain(Place place) {
    int input = graph.nodes().get(place.node()).inputs().get(place.form().weight());
    Constant constant = graph.tensor(place.weight().tensor()).constant();
    return place.form().groups() == 1
        && constant != null
        && constant.dims().length == 2
        && isOwn(input);
  }

  /** Whether a parameter, through copies of it, is read by one node alone, and can be changed. */
  private boolean isOwn(int input) {
    int at = input;
    while (graph.consumers(at).size() == 1 && !graph.outputs().contains(at)) {
      int producer = graph.tensor(at).producer();
      if (producer < 0) {
        return stored.test(graph.tensor(at).name());
      }
      at = graph.nodes().get(producer).inputs().get(0);
    }
    return false;
  }

  private List<Turn> find() {
    Map<Layout.Symbol, List<Place>> writers = new LinkedHashMap<>();
    for (Place place : places.values()) {
      List<Layout> factors = factors(written(place));
      if (factors.get(factors.size() - 1) instanceof Layout.Symbol symbol
          && !symbol.window()
          && Collections.frequency(factors, symbol) == 1) {
        writers.computeIfAbsent(symbol, key -> new ArrayList<>()).add(place);
      }
    }
    List<Turn> turns = new ArrayList<>();
    writers.forEach((symbol, uses) -> turn(symbol, uses).ifPresent(turns::add));
    return turns;
  }

  private Optional<Turn> turn(Layout.Symbol symbol, List<Place> uses) {
    Set<Integer> seen = new HashSet<>();
    List<Way> ways = new ArrayList<>();
    for (Place use : uses) {
      Way way = new Way(use, symbol);
      if (!way.follow()) {
        return Optional.empty();
      }
      ways.add(way);
      seen.addAll(way.seen);
    }
    ways.sort(Comparator.comparingInt(way -> way.operand));
    Way first = ways.get(0);
    Place reader = first.reader;
    boolean read = ways.size() == 1 && reader != null && isRead(written(first.from), reader);
    if (read && reader != null) {
      see(graph.nodes().get(reader.node()).inputs().get(reader.form().weight()), seen);
    }
    boolean summed = ways.size() == 2 && areSummed(symbol, first, ways.get(1));
    if (!(read || summed) || !standsNowhereElse(symbol, seen)) {
      return Optional.empty();
    }
    return Optional.of(
        new Turn(
            symbol,
            Math.toIntExact(written(first.from).extent() / symbol.extent()),
            ways.stream().map(way -> new Turn.Written(way.from, way.shift)).toList(),
            read ? Optional.ofNullable(reader) : Optional.empty(),
            summed && isSoftened(first.product)));
  }

  private Layout written(Place place) {
    int output = graph.nodes().get(place.node()).outputs().get(0);
    return Objects.requireNonNull(map.tensor(output)).get(place.form().outputAxis());
  }

  private static List<Layout> factors(Layout axis) {
    return axis instanceof Layout.Product product ? product.factors() : List.of(axis);
  }

  private boolean isRead(Layout axis, Place reader) {
    return factors(axis)
        .equals(
            factors(
                Objects.requireNonNull(map.input(reader.node(), reader.form().data()))
                    .get(reader.form().dataAxis())));
  }

  /** Whether two ways end in one product that sums over the width, block by block. */
  private boolean areSummed(Layout.Symbol symbol, Way first, Way second) {
    List<Layout> factors = factors(written(first.from));
    if (first.product < 0
        || first.product != second.product
        || !factors.equals(factors(written(second.from)))) {
      return false;
    }
    for (int input = 0; input < 2; input++) {
      List<Layout> axes = Objects.requireNonNull(map.input(first.product, input));
      List<Layout> stacked = axes.subList(0, axes.size() - 2);
      if (axes.get(axes.size() - 1 - input) != symbol
          || !stacked.containsAll(factors.subList(0, factors.size() - 1))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a Softmax over the last axis comes next, but for sums and for what scales all alike.
   */
  private boolean isSoftened(int product) {
    int at = graph.nodes().get(product).outputs().get(0);
    List<GraphNode> readers = readers(at);
    while (readers.size() == 1 && !graph.outputs().contains(at)) {
      GraphNode node = readers.get(0);
      if (node.op().equals(SOFTMAX)) {
        int rank = Objects.requireNonNull(map.tensor(at)).size();
        long axis = node.attributes().number("axis", node.opset() < LAST_BY_DEFAULT ? 1 : -1);
        return axis == -1 || axis == rank - 1;
      }
      NodeFacts.Affine affine = map.facts(node.index()).affine();
      boolean sum = affine != null && (affine.inputs().size() > 1 || affine.shift() >= 0);
      if (affine == null || !(sum || scalesAlike(node, at))) {
        return false;
      }
      at = node.outputs().get(0);
      readers = readers(at);
    }
    return false;
  }

  /** Those that read the numbers of a tensor. */
  private List<GraphNode> readers(int tensor) {
    return graph.consumers(tensor).stream()
        .map(graph.nodes()::get)
        .filter(node -> !node.op().equals(SHAPE))
        .toList();
  }

  /** Whether all that a node reads beside a tensor are single numbers. */
  private boolean scalesAlike(GraphNode node, int tensor) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int input = node.inputs().get(i);
      List<Layout> axes = input < 0 || input == tensor ? null : map.input(node.index(), i);
      if (axes != null && axes.stream().anyMatch(axis -> axis.extent() != 1)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every tensor that has the width was seen on the way. */
  private boolean standsNowhereElse(Layout.Symbol symbol, Set<Integer> seen) {
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        if (input >= 0 && !seen.contains(input) && has(map.input(node.index(), i), symbol)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean has(@Nullable List<Layout> axes, Layout.Symbol symbol) {
    boolean[] has = {false};
    if (axes != null) {
      axes.forEach(axis -> Layout.forEachSymbol(axis, other -> has[0] |= other == symbol));
    }
    return has[0];
  }

  /** Sees a parameter and what it is a copy of. */
  private void see(int input, Set<Integer> seen) {
    for (int at = input; seen.add(at) && graph.tensor(at).producer() >= 0; ) {
      at = graph.nodes().get(graph.tensor(at).producer()).inputs().get(0);
    }
  }

  /** The way from a weight to where a width ends. */
  private final class Way {
    private final Place from;
    private final Layout.Symbol symbol;
    private final Set<Integer> seen = new HashSet<>();
    private int shift = -1;
    private int product = -1;
    private int operand;
    private @Nullable Place reader;

    Way(Place from, Layout.Symbol symbol) {
      this.from = from;
      this.symbol = symbol;
    }

    /** Whether it ends in a product that sums over the width, or at a weight that reads it. */
    boolean follow() {
      GraphNode start = graph.nodes().get(from.node());
      see(start.inputs().get(from.form().weight()), seen);
      int bias = from.form().bias();
      if (bias >= 0 && bias < start.inputs().size() && start.inputs().get(bias) >= 0) {
        if (!shift(start.inputs().get(bias))) {
          return false;
        }
      }
      int at = start.outputs().get(0);
      while (seen.add(at) && !graph.outputs().contains(at)) {
        List<GraphNode> readers = readers(at);
        if (readers.size() != 1) {
          return false;
        }
        GraphNode node = readers.get(0);
        Place place = places.get(node.index());
        if (place != null && node.inputs().get(place.form().data()) == at) {
          reader = place;
          return true;
        }
        if (!node.op().equals(PRODUCT) ? !handsOn(node, at) : !multiplies(node, at)) {
          return product >= 0;
        }
        at = node.outputs().get(0);
      }
      return false;
    }

    /** Whether a product keeps the width as a free axis; the end of the way where it is summed. */
    private boolean multiplies(GraphNode node, int at) {
      int input = node.inputs().indexOf(at);
      List<Layout> axes = map.input(node.index(), input);
      if (axes == null || axes.size() < 2 || graph.repeated(node.index())) {
        return false;
      }
      if (axes.get(axes.size() - 1 - input) == symbol) {
        product = node.index();
        operand = input;
        return false;
      }
      return axes.get(axes.size() - 2 + input) == symbol
          && !has(map.input(node.index(), 1 - input), symbol);
    }

    /** Whether a node moves numbers, scales all of them alike, or adds the shift. */
    private boolean handsOn(GraphNode node, int at) {
      if (graph.repeated(node.index()) || !node.captured().isEmpty()) {
        return false;
      }
      if (VIEWS.contains(node.op())) {
        return node.inputs().get(0) == at;
      }
      NodeFacts.Affine affine = map.facts(node.index()).affine();
      if (affine == null
          || affine.inputs().size() != 1
          || node.inputs().get(affine.inputs().get(0)) != at) {
        return false;
      }
      return affine.shift() < 0
          ? scalesAlike(node, at)
          : shift < 0 && product < 0 && shift(node.inputs().get(affine.shift()));
    }

    private boolean shift(int input) {
      int root = graph.root(input);
      Constant constant = graph.tensor(root).constant();
      if (constant == null
          || constant.dims().length != 1
          || constant.size() != written(from).extent()
          || !isOwn(input)) {
        return false;
      }
      see(input, seen);
      shift = root;
      return true;
    }
  }
}
