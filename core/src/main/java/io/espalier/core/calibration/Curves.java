package io.espalier.core.calibration;

import io.espalier.core.data.Samples;
import io.espalier.spi.Linear;
import io.espalier.trace.Constant;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the units of every width are worth, by moments of what reads them. */
public final class Curves {
  private final Map<Layout.Symbol, Curve> curves;

  private Curves(Map<Layout.Symbol, Curve> curves) {
    this.curves = curves;
  }

  /** The curve of a width; empty where no weight that could be solved anew reads it. */
  public Optional<Curve> of(Layout.Symbol symbol) {
    return Optional.ofNullable(curves.get(symbol));
  }

  /** Takes the moments in one pass over some of the data, and eliminates. */
  public static Curves measure(DataModel model, SymMap map, Samples data, int[] samples) {
    List<Place> places = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    List<Probe.Pair> pairs = new ArrayList<>();
    for (Place place : Places.of(map).places()) {
      Linear form = place.form();
      List<Layout> axes = map.input(place.node(), form.data());
      if (form.groups() != 1 || axes == null || !axes.get(form.dataAxis()).isFree()) {
        continue;
      }
      GraphNode node = map.graph().nodes().get(place.node());
      int y = node.outputs().get(0);
      int end = end(map, place);
      int aim = place.sum() < 0 ? end : map.graph().nodes().get(place.sum()).outputs().get(0);
      int rank = Objects.requireNonNull(map.tensor(y)).size();
      String mask = place.mask();
      places.add(place);
      probes.add(
          new Probe(
              name(map, y), form.data(), axes.size(), form.dataAxis(), false, 1, null, mask, 1));
      pairs.add(new Probe.Pair(name(map, y), name(map, end), rank, form.outputAxis(), mask));
      pairs.add(new Probe.Pair(name(map, aim), name(map, aim), rank, form.outputAxis(), mask));
    }
    Measured measured =
        model.measure(model, new Probe.Request(probes, pairs), data, List.of(samples));
    Map<Layout.Symbol, List<Consumer>> consumers = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      Consumer consumer =
          consumer(
              map,
              place,
              measured.moments().get(i).get(0),
              measured.pairs().get(2 * i),
              measured.pairs().get(2 * i + 1));
      Set<Layout.Symbol> symbols = new LinkedHashSet<>();
      Layout.forEachSymbol(consumer.axis(), symbols::add);
      symbols.forEach(
          symbol -> consumers.computeIfAbsent(symbol, key -> new ArrayList<>()).add(consumer));
    }
    Map<Layout.Symbol, Curve> curves =
        map.symbols().parallelStream()
            .filter(consumers::containsKey)
            .collect(
                Collectors.toConcurrentMap(
                    symbol -> symbol,
                    symbol ->
                        Elimination.of(symbol, Objects.requireNonNull(consumers.get(symbol)))));
    return new Curves(new LinkedHashMap<>(curves));
  }

  private static String name(SymMap map, int tensor) {
    return map.graph().tensor(tensor).name();
  }

  private static int end(SymMap map, Place place) {
    int last =
        place.chain().isEmpty() ? place.node() : place.chain().get(place.chain().size() - 1);
    return map.graph().nodes().get(last).outputs().get(0);
  }

  private static Consumer consumer(
      SymMap map, Place place, Moments moments, ChannelMoments chain, ChannelMoments aim) {
    Linear form = place.form();
    Constant constant =
        Objects.requireNonNull(map.graph().tensor(place.weight().tensor()).constant());
    boolean transposed = place.weight().transposed();
    int in = transposed ? 1 - form.contracted() : form.contracted();
    int out = transposed ? 1 - form.produced() : form.produced();
    long[] dims = constant.dims();
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= (int) dims[i];
    }
    int extent = (int) dims[in];
    int outs = (int) dims[out];
    int windows = (int) (constant.size() / extent / outs);
    double[] weight = new double[extent * outs * windows];
    java.nio.FloatBuffer values = constant.floats();
    int at = 0;
    for (int i = 0; i < extent; i++) {
      for (int o = 0; o < outs; o++) {
        double slope = place.chain().isEmpty() ? 1 : chain.slope(o);
        for (int p = 0; p < windows; p++) {
          weight[at++] = slope * values.get(i * strides[in] + o * strides[out] + p);
        }
      }
    }
    Layout axis = Objects.requireNonNull(map.input(place.node(), form.data())).get(form.dataAxis());
    return new Consumer(axis, moments.gram(0), weight, outs * windows, aim.variance());
  }
}
