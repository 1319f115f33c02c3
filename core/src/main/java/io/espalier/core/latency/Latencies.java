package io.espalier.core.latency;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostFunction;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostedNetwork;
import io.espalier.core.data.DataArray;
import io.espalier.core.values.Config;
import io.espalier.core.values.Structure;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Graph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The latency of the networks of a space: predicted from some that were timed, and mended by each
 * that is timed later. Close it after the last was timed; what it has predicted by then goes on.
 */
public final class Latencies implements AutoCloseable {
  /** Timing the networks of the table is to take about so long, in nanoseconds. */
  private static final double TIME = 200e9;

  private static final int FEWEST = 8;
  private static final int MOST = 120;

  /** A space of few choices needs no more networks than so many for each. */
  private static final int FOR_A_DIAL = 6;

  private static final int TURNS = 9;

  /**
   * So many networks at most are timed together, and no more than have weights of so many bytes.
   */
  private static final int MOST_TOGETHER = 16;

  private static final double OPEN_BYTES = 400e6;
  private static final int FEWEST_TO_CONFIRM = 21;
  private static final int MOST_TO_CONFIRM = 101;
  private static final int COPIES_TO_CONFIRM = 3;

  /** How long the original alone is to run, in nanoseconds, while a network is confirmed. */
  private static final double CONFIRMING = 1e9;

  /** One in so many of the networks is timed again. */
  private static final int AGAIN = 4;

  private static final int TIMES_AGAIN = 2;

  private final SearchSpace space;
  private final NodeTimer timer;
  private final TimingBook book;
  private final Dials dials;
  private final Segmented segmented;
  private final List<LatencyTable.Timed> timed = new ArrayList<>();

  private Latencies(SearchSpace space, NodeTimer timer, Collection<Path> folders) {
    this.space = space;
    this.timer = timer;
    this.segmented = new Segmented();
    this.dials = space.dials(List.of(segmented));
    this.book =
        new TimingBook(
            folders, Structure.fingerprint(space.model().graph()) + " " + timer.conditions());
  }

  /**
   * Times some networks of a space.
   *
   * @param inputs an array for each input, which networks are run with
   * @param threads how many threads an operator may use
   * @param folders where timings are kept, and looked up; none for nowhere
   * @param progress is told what is being done
   * @throws EspalierException if the backend cannot time networks, or a run fails
   */
  public static Latencies of(
      SearchSpace space,
      Map<String, DataArray> inputs,
      int threads,
      Collection<Path> folders,
      Consumer<String> progress) {
    if (!(space.model() instanceof TimedModel model)) {
      throw new EspalierException(
          "the latency of "
              + space.model().description()
              + " cannot be measured by its backend; write it to an ONNX file and prune that, or"
              + " leave --latency out");
    }
    NodeTimer timer = model.timer(inputs, threads);
    try {
      Latencies latencies = new Latencies(space, timer, folders);
      latencies.fill(progress);
      return latencies;
    } catch (RuntimeException e) {
      timer.close();
      throw e;
    }
  }

  private void fill(Consumer<String> progress) {
    int count = Math.min(MOST, FEWEST + FOR_A_DIAL * dials.size());
    int together = together();
    for (int from = 0; from < count; ) {
      // what the first two took is kept with them, so that there are as many the next time
      int to = Math.min(count, from == 0 ? 2 : from + together);
      progress.accept("timing networks " + (from + 1) + " to " + to + " of " + count);
      List<Config> configs = IntStream.range(from, to).mapToObj(this::setting).toList();
      List<TimingBook.Entry> entries = entries(configs, Integer.toString(TURNS), TURNS);
      for (int i = 0; i < entries.size(); i++) {
        add(configs.get(i), entries.get(i));
      }
      if (from == 0) {
        double taken = entries.get(entries.size() - 1).taken();
        count = (int) Math.max(Math.min(FEWEST, count), Math.min(count, TIME / taken));
      }
      from = to;
    }
    timeAgain(progress);
  }

  /** How many networks are open at a time. */
  private int together() {
    double bytes = (double) Float.BYTES * space.params(setting(0));
    return (int) Math.max(1, Math.min(MOST_TOGETHER, OPEN_BYTES / Math.max(1, bytes)));
  }

  private Config setting(int index) {
    return dials.config(TimedSettings.of(dials, index));
  }

  /**
   * Times those networks again that surprise most, since a machine may be another one for seconds:
   * of all that was measured of one of them, the median counts.
   */
  private void timeAgain(Consumer<String> progress) {
    double[] surprises = table().surprises(timed);
    List<Integer> worst =
        IntStream.range(0, surprises.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs(surprises[i])))
            .limit(surprises.length / AGAIN)
            .toList();
    Map<Integer, List<Timing>> timings = new LinkedHashMap<>();
    worst.forEach(i -> timings.put(i, new ArrayList<>(List.of(timed.get(i).timing()))));
    int together = together();
    for (int time = 1; time <= TIMES_AGAIN; time++) {
      progress.accept("timing " + worst.size() + " networks again");
      for (int from = 0; from < worst.size(); from += together) {
        List<Integer> some = worst.subList(from, Math.min(worst.size(), from + together));
        List<Config> configs = some.stream().map(this::setting).toList();
        List<TimingBook.Entry> entries = entries(configs, TURNS + "-again-" + time, TURNS);
        for (int i = 0; i < some.size(); i++) {
          Objects.requireNonNull(timings.get(some.get(i))).add(entries.get(i).timing());
        }
      }
    }
    timings.forEach(
        (i, known) -> {
          timed.set(i, new LatencyTable.Timed(timed.get(i).sizes(), median(known)));
        });
  }

  private static Timing median(List<Timing> timings) {
    List<Timing> sorted =
        timings.stream().sorted(Comparator.comparingDouble(Timing::part)).toList();
    return sorted.get(sorted.size() / 2);
  }

  private void add(Config config, TimingBook.Entry entry) {
    timed.add(new LatencyTable.Timed(segmented.sizes(config), entry.timing()));
  }

  /** What networks take: those of which it is not known are timed together. */
  private List<TimingBook.Entry> entries(List<Config> configs, String kind, int turns) {
    List<Config> unknown =
        configs.stream().distinct().filter(config -> !book.knows(config, kind)).toList();
    Map<Config, TimingBook.Entry> fresh =
        unknown.isEmpty() ? Map.of() : timedNow(unknown, turns, 1);
    return configs.stream()
        .map(config -> book.of(config, kind, () -> Objects.requireNonNull(fresh.get(config))))
        .toList();
  }

  /**
   * Times networks together.
   *
   * @param copies how often each is loaded, which may be quicker or slower as its memory happens to
   *     lie; the median counts
   */
  private Map<Config, TimingBook.Entry> timedNow(List<Config> configs, int turns, int copies) {
    long start = System.nanoTime();
    Config whole = dials.config(dials.original());
    List<TracedModel> networks = new ArrayList<>();
    try {
      for (Config config : configs) {
        networks.add(config.equals(whole) ? space.model() : space.export(config));
      }
      List<TracedModel> loaded =
          networks.stream()
              .flatMap(network -> Collections.nCopies(copies, network).stream())
              .toList();
      List<Timing> timings = timer.times(loaded, turns);
      double taken = (double) (System.nanoTime() - start) / configs.size();
      Map<Config, TimingBook.Entry> entries = new HashMap<>();
      for (int i = 0; i < configs.size(); i++) {
        Timing median = median(timings.subList(i * copies, (i + 1) * copies));
        entries.put(configs.get(i), new TimingBook.Entry(median, taken));
      }
      return entries;
    } finally {
      networks.stream().filter(network -> network != space.model()).forEach(TracedModel::close);
    }
  }

  /** What the timings depend on, in words. */
  public String conditions() {
    return timer.conditions();
  }

  /** How many networks the table is made from. */
  public int count() {
    return timed.size();
  }

  /** Latency as a cost, as it is predicted from all that was timed up to now. */
  public LatencyCost cost() {
    return new LatencyCost(table());
  }

  private LatencyTable table() {
    Graph graph = space.map().orElseThrow().graph();
    return new LatencyTable(graph, segmented.segmentOf, timed);
  }

  /**
   * Times a network beside the original, and mends the table by it.
   *
   * @param config a choice for everything that can be configured
   */
  public Timing confirm(Config config) {
    double most = Math.min(MOST_TO_CONFIRM, CONFIRMING / original());
    int copies = Math.min(COPIES_TO_CONFIRM, together());
    int turns = (int) Math.max(FEWEST_TO_CONFIRM, most) / copies;
    Supplier<TimingBook.Entry> now =
        () -> Objects.requireNonNull(timedNow(List.of(config), turns, copies).get(config));
    TimingBook.Entry entry = book.of(config, copies + "-times-" + turns, now);
    add(config, entry);
    return entry.timing();
  }

  /**
   * What the layers of a network take beside what was predicted, in graph order.
   *
   * @param config of the network
   * @param timing of it
   * @param predicted the prediction
   */
  List<LayerLatency> layers(Config config, Timing timing, LatencyCost predicted) {
    LatencyTable table = predicted.table();
    long[][] whole = segmented.sizes(dials.config(dials.original()));
    LatencyTable.Timed network = new LatencyTable.Timed(segmented.sizes(config), timing);
    double[] measured = table.times(network);
    double[] before = predicted(table, whole);
    double[] after = predicted(table, network.sizes());
    List<LayerLatency> layers = new ArrayList<>();
    for (int i = 0; i < measured.length; i++) {
      layers.add(new LayerLatency(segmented.names.get(i), before[i], after[i], measured[i]));
    }
    return layers;
  }

  /** What each segment takes in a network, so that all of them add up to what it takes. */
  private static double[] predicted(LatencyTable table, long[][] sizes) {
    double[] times = new double[sizes.length];
    Arrays.setAll(times, i -> table.at(i, sizes[i]));
    double sum = Arrays.stream(times).sum();
    double factor = sum > 0 ? table.whole(sum) / sum : 1;
    Arrays.setAll(times, i -> factor * times[i]);
    return times;
  }

  /** What a run of the original takes, in nanoseconds: the median of all that was timed. */
  public double original() {
    return table().original();
  }

  @Override
  public void close() {
    timer.close();
    book.close();
  }

  /** Reads the sizes of segments off a config. As a cost it says nothing. */
  private final class Segmented implements CostHandler {
    private int[] segmentOf = {};
    private List<String> names = List.of();
    private long[][] last = {};

    @Override
    public String key() {
      return "segments";
    }

    @Override
    public String plural() {
      return key();
    }

    @Override
    public CostFunction of(CostedNetwork network) {
      Segments segments = new Segments(network);
      segmentOf = segments.byNode();
      names = segments.names(network.map().graph());
      return extents -> {
        long[][] sizes = new long[segments.count()][];
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = segments.sizes(i, extents);
        }
        last = sizes;
        return 0;
      };
    }

    long[][] sizes(Config config) {
      dials.cost(dials.setting(config), 0);
      return last;
    }
  }
}
