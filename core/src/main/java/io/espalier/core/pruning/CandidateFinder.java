package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.calibration.Rankings;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Candidate;
import io.espalier.core.search.CandidateRunner;
import io.espalier.core.search.Criteria;
import io.espalier.core.search.CurveSearch;
import io.espalier.core.search.PredictedError;
import io.espalier.core.search.ScoreBook;
import io.espalier.core.search.SearchProblem;
import io.espalier.core.search.SearchStrategy;
import io.espalier.core.search.WidthErrors;
import io.espalier.core.values.Config;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.EspalierException;
import io.espalier.spi.Ranking;
import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds networks that are worth a trial: those that curves of errors give, or what a strategy makes
 * of them. Units are put in order on the way.
 *
 * @param known what is known of widths that no weight reads
 * @param heldBack the samples that nothing is fitted to
 * @param scores what is known of candidates
 * @param seen is told of curves and candidates
 */
@SuppressWarnings("ArrayRecordComponent") // finders are not compared
record CandidateFinder(
    SearchSpace space,
    PruneOptions options,
    Repairs repairs,
    Map<Layout.Symbol, Ranking> known,
    Samples data,
    int[] heldBack,
    ScoreBook scores,
    Seen seen,
    Consumer<String> progress) {
  private static final double[] POWERS = {1, 0.5};

  /** Scaling curves takes no more multiply-accumulate operations than this if it can be helped. */
  private static final double OPERATIONS = 4e11;

  /** Beyond this curves are not scaled. */
  private static final double MOST_OPERATIONS = 3e12;

  private static final int CUTS_FOR_A_WIDTH = 3;
  private static final int FEWEST_TO_SCALE = 16;

  /** How many of the candidates of a strategy are repaired wholly. */
  private static final int PROPOSED = 3;

  /** On how many samples candidates of a strategy are scored. */
  private static final int JUDGES = 64;

  /** Scores of networks that were repaired weight by weight, or not at all if none are to be. */
  static final String ONE_PASS = "one-pass-";

  /**
   * Choices of widths.
   *
   * @param curves the errors that they were found by; null where they were found without
   */
  record Candidates(Set<BudgetResult> choices, @Nullable WidthErrors curves) {}

  /** Choices of widths that meet the budget. */
  Candidates find() {
    Set<BudgetResult> candidates = new LinkedHashSet<>();
    DataCriterion ofData = registry().dataCriteria().get(options.criterion());
    if (ofData == null) {
      progress.accept("ranking");
      int[] fitted = repairs.few().stream().flatMapToInt(Arrays::stream).sorted().toArray();
      Criteria.choose(space, options.criterion(), data, fitted, options.search().labels());
      space.sortParameters();
      candidates.add(BudgetSearch.find(space, options.budget()));
      SearchStrategy strategy = options.search().strategy();
      return new Candidates(
          strategy == null ? candidates : proposed(strategy, candidates, null), null);
    }
    space.sortParameters();
    BudgetResult byWeights = BudgetSearch.find(space, options.budget());
    progress.accept("ranking");
    Rankings rankings = repairs.calibration().rank(ofData).and(known);
    CurveSearch.order(space, rankings);
    WidthErrors predicted = WidthErrors.predicted(space, rankings);
    List<WidthErrors> tables = new ArrayList<>(List.of(predicted));
    int few = Math.min(heldBack.length, FEWEST_TO_SCALE);
    int cuts = judges(heldBack.length, CUTS_FOR_A_WIDTH) < few ? 1 : CUTS_FOR_A_WIDTH;
    int judges = judges(heldBack.length, cuts);
    if (judges > 0) {
      progress.accept("measuring what each width is worth");
      int[] some = SampleDraw.draw(heldBack, judges, options.seed());
      OutputError judge = new OutputError(original(), data, some);
      String kind = ONE_PASS + judges;
      tables.add(
          predicted.scaled(
              space,
              cuts,
              turned -> scores.of(kind, turned.config(), () -> repairs.errorOfOnePass(judge))));
    }
    WidthErrors curves = tables.get(tables.size() - 1);
    seen.curves(curves.curves(space));
    for (WidthErrors table : tables) {
      for (double power : POWERS) {
        candidates.add(CurveSearch.find(space, options.budget(), table, power));
      }
    }
    candidates.add(byWeights);
    SearchStrategy strategy = options.search().strategy();
    return strategy == null
        ? new Candidates(candidates, predicted)
        : new Candidates(proposed(strategy, candidates, curves), null);
  }

  /**
   * The best of what a strategy has tried: few, as they are still to be repaired wholly. The best
   * of what it was given is among them if it was tried, since what screens may not see how good
   * that is once it is repaired wholly.
   *
   * @param curves of the errors of widths; null where there are none
   */
  private Set<BudgetResult> proposed(
      SearchStrategy strategy, Set<BudgetResult> known, @Nullable WidthErrors curves) {
    progress.accept("searching");
    SearchOptions search = options.search();
    int[] some = SampleDraw.draw(heldBack, Math.min(heldBack.length, JUDGES), options.seed());
    OutputError judge = new OutputError(original(), new LockedSamples(data), some);
    SearchProblem problem =
        new SearchProblem(
            space,
            options.budget(),
            known.stream().map(BudgetResult::config).toList(),
            search.evaluations(),
            options.seed());
    CandidateRunner runner =
        new LocalRunner(
            search.threads(),
            scores,
            ONE_PASS + "on-one-thread-" + some.length,
            config -> repairs.error(config, judge));
    if (search.screening() == SearchOptions.Screening.PREDICTED) {
      runner = PredictedError.of(space, Objects.requireNonNull(curves), runner);
    }
    List<Config> best =
        strategy.search(problem, seen.noting(runner)).stream().map(Candidate::config).toList();
    Stream<Config> start =
        problem.starts().stream()
            .map(problem::config)
            .filter(config -> seen.screening(config).isPresent())
            .min(Comparator.comparingDouble(config -> seen.screening(config).orElseThrow()))
            .stream();
    return Stream.concat(best.stream().limit(PROPOSED), start)
        .map(config -> BudgetResult.of(space, options.budget(), config))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * How many samples judge single cuts: at most as many as there are, and none where even a few
   * would take too long.
   *
   * @param cuts of each width
   */
  private int judges(int most, int cuts) {
    int widths = space.configurableHparams().size();
    double runs = repairs.size() * cuts * widths * Math.max(1, space.macs());
    int judges = (int) Math.min(most, OPERATIONS / runs);
    int few = Math.min(most, FEWEST_TO_SCALE);
    return judges >= few || cuts > 1 ? judges : few * runs <= MOST_OPERATIONS ? few : 0;
  }

  /**
   * Checks that there will be curves where candidates are to be screened by them.
   *
   * @throws EspalierException if there will be none, or nothing to screen
   */
  static void requireCurves(PruneOptions options, DMRegistry registry) {
    SearchOptions search = options.search();
    if (search.screening() != SearchOptions.Screening.PREDICTED) {
      return;
    }
    if (search.strategy() == null) {
      throw new EspalierException(
          "predicted errors screen what a strategy proposes, and there is none; give a strategy, or"
              + " leave the screening out");
    }
    if (!registry.dataCriteria().containsKey(options.criterion())) {
      throw new EspalierException(
          "predicted errors are those of curves, and the criterion \""
              + options.criterion()
              + "\" gives none; rank by one of "
              + new TreeSet<>(registry.dataCriteria().keySet())
              + ", or let outputs screen candidates");
    }
  }

  private DMRegistry registry() {
    return space.registry();
  }

  private DataModel original() {
    return (DataModel) space.model();
  }
}
