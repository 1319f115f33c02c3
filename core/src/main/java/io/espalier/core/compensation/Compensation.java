package io.espalier.core.compensation;

import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.ChannelMoments;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.Cut;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Solves the weights of a carved network anew, from the input on: each so that what it computes
 * comes as near as it can to what the original computes there, given what the layers before it,
 * already repaired, now feed it. The last weight before a residual sum aims at the sum.
 */
public final class Compensation {
  private final DataModel original;
  private final SymMap map;
  private final Cut cut;
  private final Calibration calibration;
  private final Samples data;
  private final List<int[]> folds;
  private final Effort effort;
  private final Sites sites;
  private final Map<Integer, Integer> lastInto = new HashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, float[]> pending = new LinkedHashMap<>();
  private final RepairMemory memory;
  private final DataModel cutOnly;
  private DataModel carved;
  private int last;

  private Compensation(
      DataModel original,
      Cut cut,
      DataModel carved,
      Calibration calibration,
      Samples data,
      List<int[]> folds,
      Effort effort,
      RepairMemory memory) {
    this.original = original;
    this.map = cut.map();
    this.cut = cut;
    this.cutOnly = carved;
    this.carved = carved;
    this.calibration = calibration;
    this.data = data;
    this.folds = folds;
    this.effort = effort;
    this.memory = memory;
    this.sites = Sites.of(cut, carved, calibration.places());
    for (Site site : sites.sites()) {
      for (Place place : site.places()) {
        lastInto.merge(place.sum(), place.node(), Math::max);
      }
    }
  }

  /**
   * A network with new weights.
   *
   * @param model the network
   * @param values what changed, by the name of the parameter
   * @param left first outputs of nodes whose weights were left alone, and why
   */
  public record Result(DataModel model, Map<String, float[]> values, Map<String, String> left) {}

  /**
   * Repairs a carved network layer by layer.
   *
   * @param original what it was carved from
   * @param cut how
   * @param carved the network
   * @param calibration what the data say of the original
   * @param data the data
   * @param folds which of them, in sets; each in turn judges what the others give
   * @param effort how much may be spent
   * @param memory of earlier repairs with the same calibration, data and folds
   */
  public static Result sequential(
      DataModel original,
      Cut cut,
      DataModel carved,
      Calibration calibration,
      Samples data,
      List<int[]> folds,
      Effort effort,
      RepairMemory memory) {
    return new Compensation(original, cut, carved, calibration, data, folds, effort, memory)
        .sweep();
  }

  /** Repairs each weight by itself, by what the data say of the original alone. */
  public static Result onePass(Cut cut, DataModel carved, Calibration calibration) {
    Sites sites = Sites.of(cut, carved, calibration.places());
    OnePass onePass = new OnePass(cut);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Site site : sites.sites()) {
      OnePass.all(calibration, site)
          .flatMap(moments -> onePass.change(site, moments))
          .ifPresent(
              change -> {
                double[] ones = new double[site.weight().columns()];
                Arrays.fill(ones, 1);
                Site.Shift shift = site.shift();
                double[] next = columns(site, cut, calibration, ones);
                Change whole = new Change(site, new double[][] {change}, ones, next);
                whole.apply(
                    site.weight().numbers(),
                    shift == null ? new float[0] : shift.numbers().clone(),
                    values);
              });
    }
    DataModel model = values.isEmpty() ? carved : carved.withValues(values);
    return new Result(model, values, sites.left());
  }

  /** By how much the output of the next node changes with a weight's, by channels that are kept. */
  private static double[] columns(Site site, Cut cut, Calibration calibration, double[] otherwise) {
    int[] kept = new OnePass(cut).columns(site);
    double[] all = calibration.slopes(site.place()).orElse(otherwise);
    return Arrays.stream(kept).mapToDouble(column -> all[column]).toArray();
  }

  private Result sweep() {
    Map<Integer, List<Site>> levels = new TreeMap<>();
    for (Site site : sites.sites()) {
      levels.computeIfAbsent(site.level(), level -> new ArrayList<>()).add(site);
    }
    List<List<Site>> turns = new ArrayList<>();
    int together = effort.together(levels.size());
    long taken = 0;
    for (List<Site> level : levels.values()) {
      if (turns.isEmpty() || levelsIn(turns.get(turns.size() - 1)) >= together) {
        turns.add(new ArrayList<>());
        taken = 0;
      }
      for (Site site : level) {
        long bytes = Effort.bytes(site, folds.size());
        if (taken > 0 && taken + bytes > Effort.OF_ONE_PASS) {
          turns.add(new ArrayList<>());
          taken = 0;
        }
        taken += bytes;
        turns.get(turns.size() - 1).add(site);
      }
    }
    RepairMemory.Moment moment = memory.start();
    for (List<Site> turn : turns) {
      moment = repaired(moment, turn, false);
      for (int round = 0; round < effort.rounds(levels.size()); round++) {
        moment = repaired(moment, turn, true);
      }
    }
    return new Result(current(), values, sites.left());
  }

  private static long levelsIn(List<Site> sites) {
    return sites.stream().mapToInt(Site::level).distinct().count();
  }

  /**
   * Repairs weights, or remembers how it was done.
   *
   * @param rectified only those whose negative results do not matter, once more with that in mind
   */
  private RepairMemory.Moment repaired(
      RepairMemory.Moment before, List<Site> turn, boolean rectified) {
    List<Site> due = turn.stream().filter(site -> !rectified || isRectified(site)).toList();
    if (due.isEmpty()) {
      return before;
    }
    List<Integer> aims = new ArrayList<>();
    for (Site site : due) {
      for (Place place : site.places()) {
        aims.add(aim(place));
        for (int tensor : new int[] {output(place.node()), end(place), aim(place)}) {
          last = Math.max(last, map.graph().tensor(tensor).producer());
        }
      }
    }
    RepairMemory.Step step =
        memory.step(due.stream().map(Site::name).toList(), aims, rectified, cut, last);
    RepairMemory.Moment moment =
        memory
            .known(before, step)
            .orElseGet(() -> memory.keep(before, step, solve(due, rectified)));
    values.putAll(moment.changed());
    pending.putAll(moment.changed());
    return moment;
  }

  /** The carved network with all that was repaired so far. */
  private DataModel current() {
    if (!pending.isEmpty()) {
      DataModel before = carved;
      carved = before.withValues(pending);
      pending.clear();
      if (before != cutOnly) { // sites go on reading what was only cut
        before.close();
      }
    }
    return carved;
  }

  /** Where the results for a site are among the measured ones. */
  private record Task(Site site, List<Integer> probes, List<Integer> pairs) {}

  /** New weights, from one pass over the data. */
  private Map<String, float[]> solve(List<Site> due, boolean rectified) {
    List<Task> tasks = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    List<Probe.Pair> pairs = new ArrayList<>();
    int every = every(due);
    due.forEach(site -> tasks.add(task(site, rectified, every, probes, pairs)));
    Probe.Request request = new Probe.Request(probes, pairs);
    Measured measured = original.measure(current(), request, data, thinned(every));
    Map<String, float[]> changed = new LinkedHashMap<>();
    for (Task task : tasks) {
      Change change = solve(task, measured, !rectified);
      if (change != null) {
        Site site = task.site();
        Site.Shift shift = site.shift();
        change.apply(
            values.getOrDefault(site.name(), site.weight().numbers()).clone(),
            shift == null
                ? new float[0]
                : values.getOrDefault(shift.name(), shift.numbers()).clone(),
            changed);
      }
    }
    return changed;
  }

  /** Every how manieth sample is enough for all of some weights. */
  private int every(List<Site> due) {
    if (InputSpec.batchSize(original.inputs(), 1) > 1) {
      return 1;
    }
    double least = Double.POSITIVE_INFINITY;
    for (Site site : due) {
      for (Place place : site.places()) {
        least = Math.min(least, spare(site, place));
      }
    }
    return effort.every(least);
  }

  private double spare(Site site, Place place) {
    List<Layout> aimed = Objects.requireNonNull(map.tensor(aim(place)));
    return effort.spare(site, aimed, place.form().outputAxis());
  }

  private List<int[]> thinned(int every) {
    return folds.stream()
        .map(
            fold ->
                IntStream.range(0, (fold.length + every - 1) / every)
                    .map(i -> fold[i * every])
                    .toArray())
        .toList();
  }

  private String name(int tensor) {
    return map.graph().tensor(tensor).name();
  }

  private int output(int node) {
    return map.graph().nodes().get(node).outputs().get(0);
  }

  private int end(Place place) {
    return place.chain().isEmpty()
        ? output(place.node())
        : output(place.chain().get(place.chain().size() - 1));
  }

  /** What a place aims at: the sum that it is the last to be added to, else its own result. */
  private int aim(Place place) {
    boolean last =
        place.sum() >= 0
            && !cut.skips(place.sum())
            && Objects.equals(lastInto.get(place.sum()), place.node());
    return last ? output(place.sum()) : end(place);
  }

  private boolean isRectified(Site site) {
    return !site.byChannels()
        && site.places().stream().allMatch(place -> calibration.places().isRectified(aim(place)));
  }

  private Task task(
      Site site, boolean rectified, int every, List<Probe> probes, List<Probe.Pair> pairs) {
    Task task = new Task(site, new ArrayList<>(), new ArrayList<>());
    for (Place place : site.places()) {
      List<Layout> axes = Objects.requireNonNull(map.input(place.node(), place.form().data()));
      int aim = aim(place);
      List<Layout> aimed = Objects.requireNonNull(map.tensor(aim));
      int axis = place.form().outputAxis();
      task.probes().add(probes.size());
      int step = Effort.step(spare(site, place) / every, aimed.get(aimed.size() - 1).extent());
      if (site.byChannels()) {
        probes.add(ChannelMap.probe(site, place, cut, step));
        return task;
      }
      probes.add(
          new Probe(
              name(output(place.node())),
              place.form().data(),
              axes.size(),
              place.form().dataAxis(),
              site.windows(),
              site.groups(),
              new Probe.Aim(name(aim), aimed.size(), axis, cut.kept(aimed.get(axis)), rectified),
              place.mask(),
              step));
    }
    Place place = site.place();
    if (site.places().size() == 1 && !place.chain().isEmpty()) {
      int rank = Objects.requireNonNull(map.tensor(end(place))).size();
      for (int to : new int[] {output(place.chain().get(0)), end(place)}) {
        task.pairs().add(pairs.size());
        pairs.add(
            new Probe.Pair(
                name(output(place.node())),
                name(to),
                rank,
                place.form().outputAxis(),
                place.mask()));
      }
    }
    return task;
  }

  private @Nullable Change solve(Task task, Measured measured, boolean first) {
    Site site = task.site();
    List<Moments> moments = moments(task, measured);
    if (site.byChannels()) {
      float[] current = values.getOrDefault(site.name(), site.weight().numbers());
      return ChannelMap.change(site, moments, current, cut, calibration);
    }
    double[] slopes = slopes(task, measured, task.pairs().size() - 1);
    boolean intercept = site.shift() != null;
    double[][] changes = new double[site.groups()][];
    boolean helps = false;
    for (int group = 0; group < changes.length; group++) {
      List<List<double[]>> starts = starts(site, moments, slopes, first);
      Ridge.Solution solution = Ridge.solve(moments, group, intercept, starts);
      changes[group] = solution.helps() ? solution.change() : new double[solution.change().length];
      helps |= solution.helps();
    }
    return helps ? new Change(site, changes, slopes, slopes(task, measured, 0)) : null;
  }

  /** For each fold; all that use a weight count. */
  private List<Moments> moments(Task task, Measured measured) {
    if (task.probes().size() == 1) {
      return measured.moments().get(task.probes().get(0));
    }
    List<Moments> moments = new ArrayList<>();
    for (int fold = 0; fold < folds.size(); fold++) {
      int at = fold;
      moments.add(
          Moments.sum(task.probes().stream().map(p -> measured.moments().get(p).get(at)).toList()));
    }
    return moments;
  }

  private static double[] slopes(Task task, Measured measured, int pair) {
    double[] slopes = new double[task.site().weight().columns()];
    Arrays.fill(slopes, 1);
    if (!task.pairs().isEmpty()) {
      ChannelMoments moments = measured.pairs().get(task.pairs().get(pair));
      Arrays.setAll(slopes, moments::slope);
    }
    return slopes;
  }

  /**
   * Where a solution may start from: the weights as they are, and what the original alone tells,
   * for each fold without that fold.
   */
  private List<List<double[]>> starts(
      Site site, List<Moments> moments, double[] slopes, boolean first) {
    Moments any = moments.get(0);
    int columns = any.columns() - (site.shift() == null ? 1 : 0);
    double[] none = new double[columns * any.outputs()];
    List<double[]> zero = Collections.nCopies(folds.size() + 1, none);
    List<List<double[]>> starts = new ArrayList<>(List.of(zero));
    Place place = site.place();
    if (first && site.places().size() == 1 && !site.windows() && calibration.isByFolds(place)) {
      List<Moments> known = calibration.moments(place);
      Moments all = Moments.sum(known);
      OnePass onePass = new OnePass(cut);
      List<double[]> spread = new ArrayList<>();
      for (int fold = 0; fold <= folds.size(); fold++) {
        Moments rest = Moments.sum(List.of(all));
        onePass
            .change(site, fold < folds.size() ? rest.add(known.get(fold), -1) : rest)
            .ifPresent(change -> spread.add(scaled(change, slopes)));
      }
      if (spread.size() == zero.size()) {
        starts.add(spread);
      }
    }
    return starts;
  }

  private static double[] scaled(double[] change, double[] slopes) {
    for (int i = 0; i < change.length; i++) {
      change[i] *= slopes[i % slopes.length];
    }
    return change;
  }
}
