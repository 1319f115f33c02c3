package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.MomentsCache;
import io.espalier.core.calibration.Places;
import io.espalier.core.calibration.SampleSize;
import io.espalier.core.compensation.Compensation;
import io.espalier.core.compensation.Effort;
import io.espalier.core.compensation.RepairMemory;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.KeptSamples;
import io.espalier.core.data.MovedImages;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.ScoreBook;
import io.espalier.core.search.SearchHistory;
import io.espalier.core.search.WidthRefinement;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Manifest;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.spi.Ranking;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network smaller with unlabelled data: ranks units by what the data say, chooses widths
 * under a budget, carves, and repairs what is left. Of a few choices of widths, each repaired, the
 * one is taken whose outputs come nearest to the original's on data that were held back, and
 * refined where trials are cheap.
 */
public final class DataPruning {
  private static final int FOLDS = 5;
  private static final double HELD_BACK = 0.2;
  private static final int FEWEST = 20;

  /** Candidates are repaired layer by layer as long as that takes no more operations than this. */
  private static final double OF_TRIALS = 5e11;

  /** Widths are refined as long as that takes no more operations than this. */
  private static final double OF_REFINING = 5e12;

  private static final int MOST_TRIALS = 40;

  /** Scores of networks that were repaired layer by layer. */
  private static final String DECIDED = "decided";

  /** How many moved copies of each image there are, where these do not take too long. */
  private static final List<Integer> COPIES = List.of(3, 1);

  /** Data are kept in memory up to so many bytes. */
  static final long ROOM = 200_000_000;

  private final SearchSpace space;
  private final DMRegistry registry;
  private final DataModel original;
  private final long originalMacs;
  private final SymMap map;
  private final double size;
  private final PruneOptions options;
  private final MovedImages moved;
  private final Samples data;
  private final int[] samples;
  private final Consumer<String> progress;
  private final @Nullable MomentsCache cache;
  private final Map<Layout.Symbol, Ranking> known;
  private final Seen seen = new Seen();

  private DataPruning(
      SearchSpace space,
      Map<Layout.Symbol, Ranking> known,
      PruneOptions options,
      Samples data,
      int[] samples,
      Consumer<String> progress) {
    this.space = space;
    this.known = known;
    this.registry = space.registry();
    this.options = options;
    this.samples = samples.clone();
    this.progress = progress;
    this.original = runnable(space);
    this.map =
        space
            .map()
            .orElseThrow(
                () -> new EspalierException("the space was restored without a symbolic map"));
    this.originalMacs = originalMacs(space);
    this.size = SampleSize.of(map, data, samples);
    this.moved = MovedImages.of(data, original.inputs(), copies(), options.seed());
    this.data = new KeptSamples(moved, ROOM);
    this.cache = options.cache() == null ? null : MomentsCache.in(options.cache(), progress);
  }

  /** The network of a space, if it can be run on data. */
  static DataModel runnable(SearchSpace space) {
    if (!(space.model() instanceof DataModel model)) {
      throw new EspalierException(
          space.model().description()
              + " cannot be run on data by its backend; prune it without data");
    }
    return model;
  }

  private static long originalMacs(SearchSpace space) {
    Map<String, Choice> whole = new HashMap<>();
    space.configurableHparams().forEach((name, hparam) -> whole.put(name, hparam.original()));
    return space.macs(Config.of(whole));
  }

  /** As many copies of images as leave enough effort for everything else. */
  private int copies() {
    int levels = options.repair() == PruneOptions.Repair.NONE ? 0 : Places.of(map).levels();
    for (int copies : COPIES) {
      int count = samples.length * (1 + copies);
      if (levels > 0 && new Effort(2 * size * originalMacs * count, count, size).isAmple(levels)) {
        return copies;
      }
    }
    return 0;
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
    SampleDraw.check(samples, data.count());
    Optional<MixedSpace> mixed =
        MixedSpace.of(space, options, data, fitted(samples, options), progress);
    if (mixed.isEmpty()) {
      return new DataPruning(space, Map.of(), options, data, samples, progress).run();
    }
    return mixed
        .get()
        .inTermsOfTheOriginal(
            new DataPruning(
                    mixed.get().space(), mixed.get().known(), options, data, samples, progress)
                .run());
  }

  /** Those samples that are not held back; none where there are too few. */
  private static int[] fitted(int[] samples, PruneOptions options) {
    return samples.length < FEWEST
        ? new int[0]
        : SampleDraw.split(samples, HELD_BACK, options.seed()).fittedSamples();
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
    CandidateFinder.requireCurves(options, registry);
    SampleDraw.Split split = SampleDraw.split(samples, HELD_BACK, options.seed());
    List<int[]> folds = SampleDraw.folds(split.fittedSamples(), FOLDS, options.seed());
    requireWholeBatches(folds);
    Repairs repairs = repairs(folds);
    int[] heldBack = moved.withCopies(split.heldBackSamples());
    OutputError outputs = new OutputError(original, data, heldBack);
    Deciding deciding = new Deciding(options, original, data, samples);
    Judge judge = deciding.judge(outputs, heldBack, moved.count());
    try (ScoreBook scores = deciding.book(outputs)) {
      CandidateFinder.Candidates candidates =
          new CandidateFinder(
                  space, options, repairs, known, data, heldBack, scores, seen, progress)
              .find();
      Trial best = null;
      for (BudgetResult candidate : promising(candidates.choices(), repairs, outputs, scores)) {
        progress.accept("trying " + describe(candidate));
        Trial trial = trial(candidate, repairs, judge, scores);
        if (best == null || trial.error() < best.error()) {
          release(best);
          best = trial;
        } else {
          release(trial);
        }
      }
      if (best == null) {
        throw new IllegalStateException("there is no candidate");
      }
      Trial chosen = refined(best, candidates, repairs, judge, scores);
      space.select(chosen.widths().config());
      boolean dear = repairs.operations() > OF_TRIALS;
      if (dear && chosen.remembered()) {
        Compensation.Result again = repairs.repaired(true);
        chosen = new Trial(chosen.widths(), chosen.error(), again, false);
      }
      return finish(chosen, dear, judge, split.heldBack().size());
    }
  }

  /** A trial, or what is known of it. */
  private Trial trial(BudgetResult candidate, Repairs repairs, Judge judge, ScoreBook scores) {
    space.select(candidate.config());
    if (scores.knows(DECIDED, candidate.config())) {
      double error = scores.of(DECIDED, candidate.config(), () -> Double.NaN);
      seen.tried(candidate.config(), error);
      return new Trial(candidate, error, null, true);
    }
    Compensation.Result repaired = repairs.repaired(true);
    double error = judge.of(repaired.model());
    scores.of(DECIDED, candidate.config(), () -> error);
    seen.tried(candidate.config(), error);
    return new Trial(candidate, error, repaired, false);
  }

  /**
   * What was tried.
   *
   * @param error of the outputs on data that were held back
   * @param repaired by what was not held back; null where it was not kept
   * @param remembered whether only its error is known, from before
   */
  private record Trial(
      BudgetResult widths,
      double error,
      Compensation.@Nullable Result repaired,
      boolean remembered) {}

  private static void release(@Nullable Trial trial) {
    if (trial != null && trial.repaired() != null) {
      trial.repaired().model().close();
    }
  }

  private Repairs repairs(List<int[]> folds) {
    progress.accept("calibrating");
    List<int[]> all = folds.stream().map(moved::withCopies).toList();
    Calibration calibration =
        cache == null
            ? Calibration.measure(original, map, data, all)
            : Calibration.measure(original, map, data, all, cache);
    return new Repairs(
        space,
        originalMacs,
        size,
        options.repair(),
        calibration,
        data,
        all,
        folds,
        new RepairMemory(map));
  }

  /** The best, or widths near it that are better, as far as it is cheap to try many. */
  private Trial refined(
      Trial best,
      CandidateFinder.Candidates candidates,
      Repairs repairs,
      Judge judge,
      ScoreBook scores) {
    space.select(best.widths().config());
    int most = (int) Math.min(MOST_TRIALS, OF_REFINING / repairs.operations());
    if (candidates.curves() == null || most <= space.configurableHparams().size()) {
      return best;
    }
    progress.accept("refining widths");
    WidthRefinement.Refined refined =
        WidthRefinement.run(
            space,
            options.budget(),
            candidates.curves(),
            new WidthRefinement.Refined(best.widths(), best.error()),
            most,
            turned -> {
              double error = scores.of(DECIDED, turned.config(), () -> repairs.error(judge));
              seen.tried(turned.configurableConfig(), error);
              return error;
            });
    if (refined.widths().equals(best.widths())) {
      return best;
    }
    release(best);
    return new Trial(refined.widths(), refined.error(), null, false);
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

  private static String describe(BudgetResult candidate) {
    return Math.round(100.0 * candidate.macs() / Math.max(1, candidate.originalMacs()))
        + " % of the MACs";
  }

  /**
   * The result: repaired with all of the data if repair with a part of them helped on the others,
   * and that does not take too long.
   */
  private Pruned finish(Trial best, boolean dear, Judge judge, int heldBack) {
    DataModel plain = (DataModel) space.export();
    double after = best.error();
    double before = options.repair() == PruneOptions.Repair.NONE ? after : judge.of(plain);
    Manifest manifest = space.manifest();
    SearchHistory history = seen.history(space, options.budget());
    if (!(after < before)) {
      release(best);
      return new Pruned(
          plain, manifest, best.widths(), before, before, heldBack, Map.of(), history);
    }
    Compensation.Result repaired = best.repaired();
    if (repaired == null || !dear) {
      release(best);
      Repairs repairs = repairs(SampleDraw.folds(samples, FOLDS, options.seed()));
      progress.accept("repairing");
      repaired = repairs.repaired(false);
    }
    boolean better = judge.of(repaired.model()) < before;
    Manifest changed =
        better
            ? Compensated.add(
                manifest, plain, repaired.model(), repaired.values().keySet(), registry)
            : manifest;
    (better ? plain : repaired.model()).close();
    return new Pruned(
        better ? repaired.model() : plain,
        changed,
        best.widths(),
        better ? after : before,
        before,
        heldBack,
        repaired.left(),
        history);
  }

  /**
   * Those candidates that are worth a trial: all of them where trials are cheap, else those that
   * come nearest to the original when each weight is repaired by itself.
   */
  private List<BudgetResult> promising(
      Set<BudgetResult> candidates, Repairs repairs, OutputError judge, ScoreBook scores) {
    List<BudgetResult> all = new ArrayList<>(candidates);
    if (options.repair() != PruneOptions.Repair.SEQUENTIAL || all.size() == 1) {
      return all;
    }
    space.select(all.get(0).config());
    int count = (int) Math.max(1, OF_TRIALS / repairs.operations());
    if (count >= all.size()) {
      return all;
    }
    progress.accept("comparing " + all.size() + " choices of widths");
    Map<BudgetResult, Double> errors = new HashMap<>();
    for (BudgetResult candidate : all) {
      space.select(candidate.config());
      double error =
          scores.of(
              CandidateFinder.ONE_PASS, candidate.config(), () -> repairs.errorOfOnePass(judge));
      errors.put(candidate, error);
      seen.screened(candidate.config(), error);
    }
    all.sort(Comparator.comparingDouble(errors::get));
    return all.subList(0, count);
  }
}
