package io.espalier.core.lossless;

import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Places;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.lossless.UnitWays.Edge;
import io.espalier.core.lossless.UnitWays.Way;
import io.espalier.core.moments.Moments;
import io.espalier.trace.Graph;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.SymMap;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Finds the units that contribute nothing to what a network computes, whatever it reads: those that
 * nothing reads, since every weight that sums over them is zero there; those that are dead, since
 * they are made of zero weights and what becomes of that is zero where it is read; and doubles,
 * made of the same numbers as another unit, to whose weights theirs are added. One that is found
 * may leave others without a reader, which are found then.
 */
public final class IdleUnits {
  private final SymMap map;
  private final Graph graph;
  private final Supplier<Calibration> observed;
  private final Map<Symbol, Way> ways;
  private final Map<Integer, Place> places = new HashMap<>();
  private final Map<Symbol, BitSet> idle = new LinkedHashMap<>();
  private final Map<Integer, float[]> edited = new HashMap<>();
  private final Set<Integer> joined = new HashSet<>();
  private int doubles;

  private IdleUnits(SymMap map, Set<Symbol> symbols, Supplier<Calibration> observed) {
    this.map = map;
    this.graph = map.graph();
    this.observed = observed;
    this.ways = UnitWays.of(map);
    ways.keySet().retainAll(symbols);
    Places.of(map).places().forEach(place -> places.put(place.node(), place));
    ways.keySet().forEach(symbol -> idle.put(symbol, new BitSet()));
  }

  /**
   * What was found.
   *
   * @param idle the units of each width that may go
   * @param weights stored weights that other weights were added to, by the tensor: all of their
   *     elements, as they are stored
   * @param doubles how many of the units are doubles of others
   */
  public record Found(Map<Symbol, BitSet> idle, Map<Integer, float[]> weights, int doubles) {
    /** How many units may go. */
    public int count() {
      return idle.values().stream().mapToInt(BitSet::cardinality).sum();
    }
  }

  /**
   * Finds them.
   *
   * @param symbols the widths that may change
   * @param observed what any data say of the network; asked for where units are made of zero
   *     weights
   */
  public static Found of(SymMap map, Set<Symbol> symbols, Supplier<Calibration> observed) {
    return new IdleUnits(map, symbols, observed).find();
  }

  private Found find() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<Symbol, Way> entry : ways.entrySet()) {
        Symbol symbol = entry.getKey();
        changed |= take(symbol, unread(symbol, entry.getValue()));
        changed |= take(symbol, dead(symbol, entry.getValue()));
        changed |= join(symbol, entry.getValue());
      }
    }
    idle.values().removeIf(BitSet::isEmpty);
    Map<Integer, float[]> weights = new HashMap<>(edited);
    weights.keySet().retainAll(joined);
    return new Found(idle, weights, doubles);
  }

  /** Takes units away: nothing is computed for them any more. */
  private boolean take(Symbol symbol, BitSet units) {
    BitSet gone = Objects.requireNonNull(idle.get(symbol));
    units.andNot(gone);
    if (units.isEmpty()) {
      return false;
    }
    gone.or(units);
    for (Edge maker : Objects.requireNonNull(ways.get(symbol)).linear) {
      if (isOwn(maker)) {
        Place place = Objects.requireNonNull(places.get(maker.node()));
        int[] unitOf = unitOf(maker, symbol);
        float[] numbers = numbers(maker);
        StoredWeight weight = weight(place);
        for (int column = 0; column < weight.columns(); column++) {
          if (unitOf[column] >= 0 && units.get(unitOf[column])) {
            for (int row = 0; row < weight.rows(); row++) {
              for (int at = 0; at < weight.places(); at++) {
                numbers[weight.index(row, at, column)] = 0;
              }
            }
          }
        }
      }
    }
    return true;
  }

  private BitSet unread(Symbol symbol, Way way) {
    return zero(symbol, way.readers);
  }

  /** The units at which all of some parameters are zero. */
  private BitSet zero(Symbol symbol, List<Edge> edges) {
    boolean[] marked = new boolean[Math.toIntExact(symbol.extent())];
    edges.forEach(edge -> use(edge, symbol).markNonZero(marked));
    BitSet zero = new BitSet();
    for (int unit = 0; unit < marked.length; unit++) {
      zero.set(unit, !marked[unit]);
    }
    return zero;
  }

  /** What a unit is that no data go into is seen on any data. */
  private BitSet dead(Symbol symbol, Way way) {
    BitSet candidates = new BitSet();
    if (way.closed && !way.linear.isEmpty()) {
      candidates = zero(symbol, way.linear);
      candidates.andNot(Objects.requireNonNull(idle.get(symbol)));
    }
    for (Edge reader : candidates.isEmpty() ? List.<Edge>of() : way.readers) {
      Place place = places.get(reader.node());
      List<Moments> moments = place == null ? List.of() : observed.get().moments(place);
      if (place == null || moments.isEmpty() || place.form().groups() > 1) {
        return new BitSet();
      }
      List<Layout> data = Objects.requireNonNull(map.input(place.node(), place.form().data()));
      int[] unitOf = ParameterUse.unitOf(data.get(place.form().dataAxis()), symbol);
      for (Moments part : moments) {
        if (part.rows() == 0) {
          return new BitSet(); // a mask hides all that was read
        }
        for (int column = 0; column < unitOf.length; column++) {
          if (unitOf[column] >= 0 && part.gram(0)[column * part.columns() + column] != 0) {
            candidates.clear(unitOf[column]);
          }
        }
      }
    }
    return candidates;
  }

  /** Lets readers of doubles read the first of them instead. */
  private boolean join(Symbol symbol, Way way) {
    if (way.makers.isEmpty() || !way.readers.stream().allMatch(this::isOwn)) {
      return false;
    }
    Map<Long, List<Integer>> alike = new LinkedHashMap<>();
    long[] hashes = new long[Math.toIntExact(symbol.extent())];
    List<ParameterUse> makers = way.makers.stream().map(edge -> use(edge, symbol)).toList();
    makers.forEach(use -> use.mix(hashes));
    boolean any = false;
    for (int unit = 0; unit < hashes.length; unit++) {
      int own = unit;
      if (Objects.requireNonNull(idle.get(symbol)).get(unit)) {
        continue;
      }
      List<Integer> firsts = alike.computeIfAbsent(hashes[unit], key -> new ArrayList<>());
      var first =
          firsts.stream()
              .filter(other -> makers.stream().allMatch(use -> use.isEqual(other, own)))
              .findFirst();
      if (first.isEmpty()) {
        firsts.add(unit);
      } else {
        way.readers.forEach(reader -> join(symbol, reader, first.get(), own));
        doubles++;
        any = true;
      }
    }
    return any;
  }

  private void join(Symbol symbol, Edge reader, int unit, int twin) {
    Place place = Objects.requireNonNull(places.get(reader.node()));
    StoredWeight weight = weight(place);
    float[] numbers = numbers(reader);
    joined.add(reader.root());
    int[] to = rows(reader, symbol, unit);
    int[] from = rows(reader, symbol, twin);
    for (int i = 0; i < to.length; i++) {
      for (int column = 0; column < weight.columns(); column++) {
        for (int at = 0; at < weight.places(); at++) {
          int source = weight.index(from[i], at, column);
          numbers[weight.index(to[i], at, column)] += numbers[source];
          numbers[source] = 0;
        }
      }
    }
  }

  private int[] rows(Edge edge, Symbol symbol, int unit) {
    int[] unitOf = unitOf(edge, symbol);
    return IntStream.range(0, unitOf.length).filter(row -> unitOf[row] == unit).toArray();
  }

  private int[] unitOf(Edge edge, Symbol symbol) {
    return ParameterUse.unitOf(axes(edge).get(edge.axis()), symbol);
  }

  private List<Layout> axes(Edge edge) {
    return Objects.requireNonNull(map.input(edge.node(), edge.input()));
  }

  private ParameterUse use(Edge edge, Symbol symbol) {
    float[] own = edited.get(edge.root());
    FloatBuffer values =
        own != null
            ? FloatBuffer.wrap(own)
            : Objects.requireNonNull(graph.tensor(edge.root()).constant()).floats();
    return ParameterUse.of(values, axes(edge), edge.transposed(), edge.axis(), symbol);
  }

  private StoredWeight weight(Place place) {
    int root = place.weight().tensor();
    return new StoredWeight(
        Objects.requireNonNull(graph.tensor(root).constant()),
        place.form(),
        place.weight().transposed());
  }

  /** The elements of a parameter, to be changed. */
  private float[] numbers(Edge edge) {
    return edited.computeIfAbsent(
        edge.root(),
        root -> {
          FloatBuffer values =
              Objects.requireNonNull(graph.tensor(root).constant()).floats().duplicate();
          float[] numbers = new float[values.remaining()];
          values.get(numbers);
          return numbers;
        });
  }

  /** Whether a parameter is read once, and its elements can be told apart. */
  private boolean isOwn(Edge edge) {
    return places.containsKey(edge.node()) && readers(edge.root()) == 1;
  }

  /** How many nodes read a parameter, through copies and transpositions. */
  private int readers(int tensor) {
    int readers = 0;
    for (int node : graph.consumers(tensor)) {
      List<Integer> outputs = graph.nodes().get(node).outputs();
      boolean copies =
          outputs.size() == 1
              && Places.stored(graph, outputs.get(0)).filter(s -> s.tensor() == tensor).isPresent();
      readers += copies ? readers(outputs.get(0)) : 1;
    }
    return readers;
  }
}
