package io.espalier.cli;

import io.espalier.core.data.formats.LabelFile;
import io.espalier.core.pruning.SearchOptions;
import io.espalier.core.search.SearchStrategies;
import io.espalier.core.search.SearchStrategy;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How {@code prune} looks for candidates, and who decides between them. */
final class StrategyOptions {
  @Option(
      names = "--strategy",
      paramLabel = "S",
      description =
          "How to search: curves (of errors, refined; the default), or over widths, kernels and"
              + " depths by greedy, fastnas, random, evolution, pareto, or what a plugin adds.")
  private @Nullable String strategy;

  @Option(
      names = "--evaluations",
      paramLabel = "N",
      description = "How many candidates a strategy may score (default: 200).")
  private @Nullable Integer evaluations;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Keeps scores there, so that a search that was stopped goes on.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = "The class of each of the data: accuracy decides then, not outputs.")
  private @Nullable String labels;

  @Option(
      names = "--evaluator",
      paramLabel = "[SCREEN,]KEY",
      split = ",",
      description =
          "Who judges candidates: agreement (with the original's outputs; the default), labels"
              + " (with --labels the default), or what a plugin adds. Before it may stand who"
              + " screens what a strategy proposes: agreement (the default) or predicted, by"
              + " curves; none is run.")
  private List<String> evaluators = new ArrayList<>();

  /**
   * What was asked for.
   *
   * @param loader finds what plugins add
   * @throws EspalierException if it is not known, or cannot be used
   */
  SearchOptions search(ClassLoader loader) {
    SearchOptions search = SearchOptions.usual();
    Optional<SearchStrategy> named =
        strategy == null ? Optional.empty() : SearchStrategies.discover(loader).find(strategy);
    if (named.isEmpty() && evaluations != null) {
      throw new EspalierException(
          "--evaluations limits what a strategy tries, and "
              + SearchStrategies.CURVES
              + " tries what its curves give; give another --strategy, or leave it out");
    }
    if (named.isPresent()) {
      search = search.withStrategy(named.get());
    }
    if (evaluations != null) {
      search = search.withEvaluations(evaluations);
    }
    if (checkpoint != null) {
      search = search.withCheckpoint(checkpoint);
    }
    if (labels != null) {
      search = search.withLabels(LabelFile.read(labels));
    }
    Judges judges = judges();
    if (judges.screening() == SearchOptions.Screening.PREDICTED && named.isEmpty()) {
      throw new EspalierException(
          "predicted errors screen what a strategy proposes, and "
              + SearchStrategies.CURVES
              + " goes by them anyway; give another --strategy, or leave --evaluator predicted"
              + " out");
    }
    return judges.in(search, loader);
  }

  /** The folder that keeps scores, if there is one. */
  Optional<Path> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /** What decides, as it is called where it is printed. */
  String measure() {
    Judges judges = judges();
    return judges.byOutputs()
        ? "error of outputs"
        : judges.byLabels() ? "part that is wrong" : "error by " + judges.decider();
  }

  /** What its number is a part of, in words that follow it; empty for a number of its own. */
  String unit() {
    return judges().byOutputs() ? " of their variance" : "";
  }

  private Judges judges() {
    return Judges.of(evaluators, labels != null);
  }

  /** Whether anything was said of a search. */
  boolean isGiven() {
    return strategy != null
        || evaluations != null
        || checkpoint != null
        || labels != null
        || !evaluators.isEmpty();
  }

  /**
   * Checks that nothing is said where there are no data.
   *
   * @throws EspalierException if something is
   */
  void requireNothingSaid() {
    if (isGiven()) {
      throw new EspalierException(
          "--strategy, --evaluations, --checkpoint, --labels and --evaluator are for a search that"
              + " tries networks on data; give --data, or leave them out");
    }
  }
}
