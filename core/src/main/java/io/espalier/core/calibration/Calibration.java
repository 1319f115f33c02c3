package io.espalier.core.calibration;

import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.Linear;
import io.espalier.spi.Ranking;
import io.espalier.spi.Reading;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * What calibration data say of a network as it is: the second moments of the channels that every
 * weight reads which can be solved anew, and how its output varies. Immutable.
 */
public final class Calibration {
  /** Moments are kept by folds where all of them together take no more bytes than this. */
  private static final long KEPT_BY_FOLDS = 500_000_000;

  /** Moments of one pass take no more bytes than this; those of a wider place are not taken. */
  private static final long OF_ONE_PASS = 400_000_000;

  private final SymMap map;
  private final Places places;
  private final Map<Integer, List<Moments>> moments = new HashMap<>();
  private final Map<Integer, double[]> slopes = new HashMap<>();
  private final Map<Integer, double[]> first = new HashMap<>();
  private final Map<Integer, Double> variances = new HashMap<>();
  private final int folds;
  private final Measuring measuring;

  private Calibration(SymMap map, int folds, Measuring measuring) {
    this.measuring = measuring;
    this.map = map;
    this.places = Places.of(map);
    this.folds = folds;
  }

  /**
   * Runs a network on data.
   *
   * @param model the network
   * @param map its symbolic map
   * @param data the data
   * @param folds which of them, in sets that can be left out one at a time
   */
  public static Calibration measure(DataModel model, SymMap map, Samples data, List<int[]> folds) {
    return measure(model, map, data, folds, model::measure);
  }

  /**
   * Takes from a cache what it holds already, and keeps there what it does not.
   *
   * @see #measure(DataModel, SymMap, Samples, List)
   */
  public static Calibration measure(
      DataModel model, SymMap map, Samples data, List<int[]> folds, MomentsCache cache) {
    return measure(model, map, data, folds, cache::measured);
  }

  private static Calibration measure(
      DataModel model, SymMap map, Samples data, List<int[]> folds, Measuring measuring) {
    Calibration calibration = new Calibration(map, folds.size(), measuring);
    calibration.run(model, data, folds);
    return calibration;
  }

  /** Takes moments of a network as it is. */
  private interface Measuring {
    Measured of(DataModel model, Probe.Request request, Samples data, List<int[]> sets);
  }

  /** The nodes whose weights can be solved anew. */
  public Places places() {
    return places;
  }

  /**
   * Moments of the channels that a node reads, for each fold; one for all data together where there
   * are too many to be kept apart, and none where nothing that it reads can be cut, or it reads
   * more channels than memory has room for.
   */
  public List<Moments> moments(Place place) {
    return moments.getOrDefault(place.node(), List.of());
  }

  /** Whether moments are kept for each fold. */
  public boolean isByFolds(Place place) {
    return moments(place).size() == folds;
  }

  private boolean isMeasured(Place place) {
    List<Layout> axes = map.input(place.node(), place.form().data());
    return place.form().groups() == 1
        && axes != null
        && axes.get(place.form().dataAxis()).isFree()
        && bytes(place) <= OF_ONE_PASS;
  }

  private long bytes(Place place) {
    long n =
        Objects.requireNonNull(map.input(place.node(), place.form().data()))
                .get(place.form().dataAxis())
                .extent()
            + 1;
    return n * n * Double.BYTES;
  }

  private void run(DataModel model, Samples data, List<int[]> sets) {
    // several nodes may read one tensor
    Map<String, List<Place>> bySource = new LinkedHashMap<>();
    for (Place place : places.places()) {
      if (isMeasured(place)) {
        int source = map.graph().nodes().get(place.node()).inputs().get(place.form().data());
        bySource
            .computeIfAbsent(source + "/" + place.form().dataAxis(), key -> new ArrayList<>())
            .add(place);
      }
    }
    long all = 0;
    for (List<Place> readers : bySource.values()) {
      all += bytes(readers.get(0));
    }
    boolean apart = all * sets.size() <= KEPT_BY_FOLDS;
    List<int[]> runs = apart ? sets : List.of(sorted(sets));
    List<List<Place>> turn = new ArrayList<>();
    long taken = 0;
    for (List<Place> readers : bySource.values()) {
      long bytes = bytes(readers.get(0)) * runs.size();
      if (!turn.isEmpty() && taken + bytes > OF_ONE_PASS) {
        run(model, data, runs, turn);
        turn.clear();
        taken = 0;
      }
      turn.add(readers);
      taken += bytes;
    }
    if (!turn.isEmpty()) {
      run(model, data, runs, turn);
    }
  }

  private static int[] sorted(List<int[]> sets) {
    return sets.stream().flatMapToInt(Arrays::stream).sorted().toArray();
  }

  private void run(DataModel model, Samples data, List<int[]> sets, List<List<Place>> turn) {
    List<Probe> probes = new ArrayList<>();
    List<Probe.Pair> pairs = new ArrayList<>();
    for (List<Place> readers : turn) {
      Place first = readers.get(0);
      Linear form = first.form();
      int rank = Objects.requireNonNull(map.input(first.node(), form.data())).size();
      probes.add(
          new Probe(
              name(output(first.node())),
              form.data(),
              rank,
              form.dataAxis(),
              false,
              1,
              null,
              first.mask(),
              1));
      for (Place place : readers) {
        int axis = place.form().outputAxis();
        int y = output(place.node());
        int ranks = Objects.requireNonNull(map.tensor(y)).size();
        pairs.add(new Probe.Pair(name(y), name(next(place)), ranks, axis, place.mask()));
        pairs.add(new Probe.Pair(name(y), name(end(place)), ranks, axis, place.mask()));
        pairs.add(new Probe.Pair(name(aim(place)), name(aim(place)), ranks, axis, place.mask()));
      }
    }
    Measured measured = measuring.of(model, new Probe.Request(probes, pairs), data, sets);
    int pair = 0;
    for (int i = 0; i < turn.size(); i++) {
      for (Place place : turn.get(i)) {
        moments.put(place.node(), measured.moments().get(i));
        first.put(place.node(), slopes(place, measured.pairs().get(pair++)));
        slopes.put(place.node(), slopes(place, measured.pairs().get(pair++)));
        variances.put(place.node(), measured.pairs().get(pair++).variance());
      }
    }
  }

  private static double[] slopes(Place place, ChannelMoments moments) {
    double[] slopes = new double[moments.x().length];
    for (int c = 0; c < slopes.length; c++) {
      slopes[c] = place.chain().isEmpty() ? 1 : moments.slope(c);
    }
    return slopes;
  }

  /**
   * By how much the output of the next node changes with what a place computes, by channel; empty
   * where moments were not taken.
   */
  public Optional<double[]> slopes(Place place) {
    return Optional.ofNullable(first.get(place.node())).map(double[]::clone);
  }

  private String name(int tensor) {
    return map.graph().tensor(tensor).name();
  }

  private int output(int node) {
    return map.graph().nodes().get(node).outputs().get(0);
  }

  /** The first tensor that is an affine function of what a place computes. */
  private int next(Place place) {
    return output(place.chain().isEmpty() ? place.node() : place.chain().get(0));
  }

  /** The last tensor that is an affine function of what a place computes, channel by channel. */
  private int end(Place place) {
    return place.chain().isEmpty()
        ? output(place.node())
        : output(place.chain().get(place.chain().size() - 1));
  }

  /** What a place ends in: a sum, or what it computes itself. */
  private int aim(Place place) {
    return place.sum() < 0 ? end(place) : output(place.sum());
  }

  /** What a criterion says of every width that something reads whose weight can be solved anew. */
  public Rankings rank(DataCriterion criterion) {
    Map<Layout.Symbol, List<Place>> readers = new HashMap<>();
    for (Place place : places.places()) {
      if (moments.containsKey(place.node())) {
        Set<Layout.Symbol> symbols = new LinkedHashSet<>();
        Layout.forEachSymbol(axis(place), symbols::add);
        symbols.forEach(
            symbol -> readers.computeIfAbsent(symbol, key -> new ArrayList<>()).add(place));
      }
    }
    Map<Layout.Symbol, Ranking> rankings = new ConcurrentHashMap<>();
    readers.entrySet().parallelStream()
        .forEach(
            entry -> {
              List<Reading> readings = new ArrayList<>();
              for (Place place : entry.getValue()) {
                reading(entry.getKey(), place).ifPresent(readings::add);
              }
              if (!readings.isEmpty()) {
                rankings.put(entry.getKey(), criterion.rank(readings));
              }
            });
    return new Rankings(rankings);
  }

  private Layout axis(Place place) {
    return Objects.requireNonNull(map.input(place.node(), place.form().data()))
        .get(place.form().dataAxis());
  }

  private Optional<Reading> reading(Layout.Symbol symbol, Place place) {
    Optional<int[][]> units = units(symbol, axis(place));
    if (units.isEmpty()) {
      return Optional.empty();
    }
    Constant constant =
        Objects.requireNonNull(map.graph().tensor(place.weight().tensor()).constant());
    StoredWeight weight = new StoredWeight(constant, place.form(), place.weight().transposed());
    Moments all = Moments.sum(moments(place));
    return Optional.of(
        new Reading(
            weight.rows(),
            units.get(),
            all.gram(0),
            weight.matrix(Objects.requireNonNull(slopes.get(place.node()))),
            weight.columns() * weight.places(),
            Objects.requireNonNull(variances.get(place.node()))));
  }

  /**
   * The elements of each unit on an axis; empty where they are not apart from those of other units.
   */
  private static Optional<int[][]> units(Layout.Symbol symbol, Layout axis) {
    return Layout.unitOf(axis, symbol)
        .map(
            unitOf ->
                IntStream.range(0, Math.toIntExact(symbol.extent()))
                    .mapToObj(unit -> elements(unitOf, unit))
                    .toArray(int[][]::new));
  }

  private static int[] elements(int[] unitOf, int unit) {
    return IntStream.range(0, unitOf.length).filter(i -> unitOf[i] == unit).toArray();
  }
}
