package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.MomentsCache;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.Rankings;
import io.espalier.core.compensation.Compensation;
import io.espalier.core.compensation.Effort;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.KeptSamples;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.CurveSearch;
import io.espalier.core.search.WidthErrors;
import io.espalier.core.values.Cut;
import io.espalier.core.values.EspalierException;
import io.espalier.core.values.Manifest;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DataCriterion;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network smaller with unlabelled data: ranks units by what the data say, chooses widths
 * under a budget, carves, and repairs what is left. Of a few choices of widths, each repaired, the
 * one is taken whose outputs come nearest to the original's on data that were held back.
 */
public final class DataPruning {
  private static final double[] POWERS = {1, 0.5};
  private static final int FOLDS = 5;
  private static final double HELD_BACK = 0.2;
  private static final int FEWEST = 20;

  /** Scaling curves takes no more multiply-accumulate operations than this if it can be helped. */
  private static final double OPERATIONS = 4e11;

  /** Beyond this curves are not scaled. */
  private static final double MOST_OPERATIONS = 3e12;

  /** Candidates are repaired layer by layer as long as that takes no more operations than this. */
  private static final double OF_TRIALS = 5e11;

  private static final int CUTS_FOR_A_WIDTH = 3;
  private static final int FEWEST_TO_SCALE = 16;

  /** Data are kept in memory up to so many bytes. */
  private static final long ROOM = 200_000_000;

  private final SearchSpace space;
  private final DMRegistry registry;
  private final DataModel original;
  private final SymMap map;
  private final PruneOptions options;
  private final Samples data;
  private final int[] samples;
  private final Consumer<String> progress;
  private final @Nullable MomentsCache cache;

  private DataPruning(
      SearchSpace space,
      PruneOptions options,
      Samples data,
      int[] samples,
      Consumer<String> progress) {
    this.space = space;
    this.registry = space.registry();
    this.options = options;
    this.data = new KeptSamples(data, ROOM);
    this.samples = samples.clone();
    this.progress = progress;
    if (!(space.model() instanceof DataModel model)) {
      throw new EspalierException(
          space.model().description()
              + " cannot be run on data by its backend; prune it without data");
    }
    this.original = model;
    this.map =
        space
            .map()
            .orElseThrow(
                () -> new EspalierException("the space was restored without a symbolic map"));
    this.cache = options.cache() == null ? null : MomentsCache.in(options.cache(), progress);
  }

  /**
   * Makes a network smaller. The space is turned to the result, and its units are ordered.
   *
   * @param space the network's search space, generated under rules
   * @param samples which of the data to use, ascending; the first axis of every input counts them
   * @param progress is told what is being done
   * @throws EspalierException if the budget cannot be met, the data are too few or do not fit, or
   *     the criterion is unknown
   */
  public static Pruned run(
      SearchSpace space,
      PruneOptions options,
      Samples data,
      int[] samples,
      Consumer<String> progress) {
    return new DataPruning(space, options, data, samples, progress).run();
  }

  private Pruned run() {
    if (samples.length < FEWEST) {
      throw new EspalierException(
          "there are "
              + samples.length
              + " samples to calibrate from, and at least "
              + FEWEST
              + " are needed; give more data, or prune without");
    }
    SampleDraw.Split split = SampleDraw.split(samples, HELD_BACK, options.seed());
    int[] heldBack = ints(split.heldBack());
    List<int[]> folds = SampleDraw.folds(ints(split.fitted()), FOLDS, options.seed());
    requireWholeBatches(folds);
    progress.accept("calibrating");
    Calibration calibration = calibrated(folds);
    OutputError judge = new OutputError(original, data, heldBack);
    Set<BudgetResult> candidates = candidates(calibration, heldBack);
    BudgetResult best = null;
    double least = Double.POSITIVE_INFINITY;
    for (BudgetResult candidate : promising(candidates, calibration, folds, judge)) {
      progress.accept("trying " + describe(candidate));
      DataModel repaired = repaired(candidate, calibration, folds, true).model();
      double error = judge.of(repaired);
      repaired.release();
      if (best == null || error < least) {
        best = candidate;
        least = error;
      }
    }
    if (best == null) {
      throw new IllegalStateException("there is no candidate");
    }
    return finish(best, least, judge);
  }

  private Calibration calibrated(List<int[]> folds) {
    return cache == null
        ? Calibration.measure(original, map, data, folds)
        : Calibration.measure(original, map, data, folds, cache);
  }

  /** A network that insists on batches of several cannot be run on fewer. */
  private void requireWholeBatches(List<int[]> folds) {
    int batch = InputSpec.batchSize(original.inputs(), 1);
    int fewest = folds.stream().mapToInt(fold -> fold.length).min().orElse(0);
    if (fewest < batch) {
      throw new EspalierException(
          original.description()
              + " reads "
              + batch
              + " samples at a time, and the parts that the data are divided into hold "
              + fewest
              + "; give at least "
              + (long) Math.ceil(batch * FOLDS / (1 - HELD_BACK) + FOLDS)
              + " samples, or leave its first axis open");
    }
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String describe(BudgetResult candidate) {
    return Math.round(100.0 * candidate.macs() / Math.max(1, candidate.originalMacs()))
        + " % of the MACs";
  }

  /**
   * The result: repaired with all of the data if repair with a part of them helped on the others.
   *
   * @param after the error on data that were held back when it was repaired without these
   */
  private Pruned finish(BudgetResult best, double after, OutputError judge) {
    space.select(best.config());
    DataModel plain = (DataModel) space.export();
    double before = options.repair() == PruneOptions.Repair.NONE ? after : judge.of(plain);
    Manifest manifest = space.manifest();
    if (!(after < before)) {
      return new Pruned(plain, manifest, best, before, before, judge.samples(), Map.of());
    }
    List<int[]> folds = SampleDraw.folds(samples, FOLDS, options.seed());
    progress.accept("repairing");
    Calibration calibration = calibrated(folds);
    Compensation.Result repaired = repaired(best, calibration, folds, false);
    boolean better = judge.of(repaired.model()) < before;
    Manifest changed =
        better
            ? Compensated.add(
                manifest, plain, repaired.model(), repaired.values().keySet(), registry)
            : manifest;
    (better ? plain : repaired.model()).release();
    return new Pruned(
        better ? repaired.model() : plain,
        changed,
        best,
        better ? after : before,
        before,
        judge.samples(),
        repaired.left());
  }

  /**
   * Those candidates that are worth a trial: all of them where trials are cheap, else those that
   * come nearest to the original when each weight is repaired by itself.
   */
  private List<BudgetResult> promising(
      Set<BudgetResult> candidates, Calibration calibration, List<int[]> folds, OutputError judge) {
    List<BudgetResult> all = new ArrayList<>(candidates);
    if (options.repair() != PruneOptions.Repair.SEQUENTIAL || all.size() == 1) {
      return all;
    }
    int levels =
        (int) calibration.places().places().stream().mapToInt(Place::level).distinct().count();
    double trial = effort(all.get(0), folds).withoutRounds().operations(levels);
    int count = (int) Math.max(1, OF_TRIALS / trial);
    if (count >= all.size()) {
      return all;
    }
    progress.accept("comparing " + all.size() + " choices of widths");
    Map<BudgetResult, Double> errors = new HashMap<>();
    for (BudgetResult candidate : all) {
      space.select(candidate.config());
      errors.put(candidate, error(judge, calibration));
    }
    all.sort(Comparator.comparingDouble(errors::get));
    return all.subList(0, count);
  }

  private static Effort effort(BudgetResult candidate, List<int[]> folds) {
    int count = folds.stream().mapToInt(fold -> fold.length).sum();
    return new Effort((double) (candidate.macs() + candidate.originalMacs()) * count, count);
  }

  private Compensation.Result repaired(
      BudgetResult candidate, Calibration calibration, List<int[]> folds, boolean trial) {
    space.select(candidate.config());
    Cut cut = space.cut();
    DataModel carved = (DataModel) space.export();
    Compensation.Result result =
        switch (options.repair()) {
          case NONE -> new Compensation.Result(carved, Map.of(), Map.of());
          case ONE_PASS -> Compensation.onePass(cut, carved, calibration);
          case SEQUENTIAL -> {
            Effort effort = effort(candidate, folds);
            yield Compensation.sequential(
                original,
                cut,
                carved,
                calibration,
                data,
                folds,
                trial ? effort.withoutRounds() : effort);
          }
        };
    if (result.model() != carved) {
      carved.release();
    }
    return result;
  }

  /** The error at the config that is active, repaired by what the data say of the original. */
  private double error(OutputError judge, Calibration calibration) {
    DataModel carved = (DataModel) space.export();
    DataModel repaired = Compensation.onePass(space.cut(), carved, calibration).model();
    double error = judge.of(repaired);
    carved.release();
    repaired.release();
    return error;
  }

  /** Choices of widths that meet the budget. */
  private Set<BudgetResult> candidates(Calibration calibration, int[] heldBack) {
    Set<BudgetResult> candidates = new LinkedHashSet<>();
    DataCriterion ofData = registry.dataCriteria().get(options.criterion());
    if (ofData == null) {
      if (!registry.criteria().containsKey(options.criterion())) {
        Set<String> known = new TreeSet<>(registry.criteria().keySet());
        known.addAll(registry.dataCriteria().keySet());
        throw new EspalierException(
            "there is no importance criterion \""
                + options.criterion()
                + "\"; the registry has "
                + known);
      }
      space.setCriterion(options.criterion());
      space.sortParameters();
      candidates.add(BudgetSearch.find(space, options.budget()));
      return candidates;
    }
    space.sortParameters();
    BudgetResult byWeights = BudgetSearch.find(space, options.budget());
    progress.accept("ranking");
    Rankings rankings = calibration.rank(ofData);
    CurveSearch.order(space, rankings);
    WidthErrors predicted = WidthErrors.predicted(space, rankings);
    List<WidthErrors> tables = new ArrayList<>(List.of(predicted));
    int few = Math.min(heldBack.length, FEWEST_TO_SCALE);
    int cuts = judges(heldBack.length, CUTS_FOR_A_WIDTH) < few ? 1 : CUTS_FOR_A_WIDTH;
    int judges = judges(heldBack.length, cuts);
    if (judges > 0) {
      progress.accept("measuring what each width is worth");
      int[] some = SampleDraw.draw(heldBack, judges, options.seed());
      OutputError judge = new OutputError(original, data, some);
      tables.add(predicted.scaled(space, cuts, turned -> error(judge, calibration)));
    }
    for (WidthErrors table : tables) {
      for (double power : POWERS) {
        candidates.add(CurveSearch.find(space, options.budget(), table, power));
      }
    }
    candidates.add(byWeights);
    return candidates;
  }

  /**
   * How many samples judge single cuts: at most as many as there are, and none where even a few
   * would take too long.
   *
   * @param cuts of each width
   */
  private int judges(int most, int cuts) {
    int widths = space.namedHparams(true, true).size();
    double runs = (double) cuts * widths * Math.max(1, space.macs());
    int judges = (int) Math.min(most, OPERATIONS / runs);
    int few = Math.min(most, FEWEST_TO_SCALE);
    return judges >= few || cuts > 1 ? judges : few * runs <= MOST_OPERATIONS ? few : 0;
  }
}
