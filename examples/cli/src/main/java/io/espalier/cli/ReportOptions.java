package io.espalier.cli;

import io.espalier.cli.report.Asked;
import io.espalier.cli.report.CandidateCosts;
import io.espalier.cli.report.DataReport;
import io.espalier.cli.report.PruneReport;
import io.espalier.cli.report.ReportPage;
import io.espalier.cli.report.SearchJson;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.pruning.LosslessPruning;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.Limit;
import io.espalier.core.values.Config;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The page that {@code prune} writes on what it did, and the same for programs. */
final class ReportOptions {
  private static final String JSON = "search.json";

  @Option(
      names = "--report",
      paramLabel = "R.html",
      description =
          "A page to write on what was asked, chosen and tried, for a browser; search.json beside"
              + " it says the same to programs.")
  private @Nullable Path page;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  private @Nullable ClassLoader loader;
  private @Nullable PruneReport report;

  /**
   * Checks that the page was not asked for, where there is nothing to tell in it.
   *
   * @throws EspalierException if it was
   */
  void requireNotGiven() {
    if (page != null) {
      throw new EspalierException(
          "--report tells what was tried and why, and without a budget nothing is; give one as"
              + " well, or leave --report out");
    }
  }

  /** Has the page written together with the model, if it was asked for. */
  void announce(CarveOptions carving) {
    if (page != null) {
      loader = carving.options().loader();
      carving.alsoWrite(page, () -> ReportPage.of(Objects.requireNonNull(report)));
      carving.alsoWrite(
          page.resolveSibling(JSON), () -> SearchJson.of(Objects.requireNonNull(report)));
    }
  }

  /** Takes down what was found without data, before it is written. */
  void take(SearchSpace space, LatencyPrune.Found<BudgetResult> found, TracedModel carved) {
    if (page != null) {
      report = report(space, found, found.result().config(), carved);
    }
  }

  private PruneReport report(
      SearchSpace space, LatencyPrune.Found<?> found, Config config, TracedModel carved) {
    List<Limit> limits = found.budget().limits();
    PruneReport plain =
        PruneReport.of(space, limits, config, carved, costs(space, limits), asked());
    return found
        .latency()
        .map(latency -> plain.with(latency).with(found.words().strip()))
        .orElse(plain);
  }

  /** Takes down what contributed nothing and is gone, in words, before it is written. */
  void take(SearchSpace space, LosslessPruning.Result result, String words) {
    if (page != null) {
      Config config = space.configurableConfig();
      report =
          PruneReport.of(space, List.of(), config, result.model(), costs(space, List.of()), asked())
              .with(words);
    }
  }

  /** Takes down what was found with data, before it is written. */
  void take(
      SearchSpace space,
      LatencyPrune.Found<Pruned> found,
      Pruned pruned,
      StrategyOptions strategies) {
    if (page != null) {
      CandidateCosts costs = costs(space, found.budget().limits());
      report =
          report(space, found, pruned.costs().config(), pruned.model())
              .with(DataReport.of(pruned, costs, strategies.measure(), strategies.unit()));
    }
  }

  /** All costs that are known; latency is where it is limited. */
  private CandidateCosts costs(SearchSpace space, List<Limit> limits) {
    Map<String, CostHandler> known =
        new TreeMap<>(CostHandlers.discover(Objects.requireNonNull(loader)).all());
    limits.forEach(limit -> known.putIfAbsent(limit.cost().key(), limit.cost()));
    return new CandidateCosts(space, CostHandlers.of(known.values()));
  }

  private Asked asked() {
    CommandSpec spec = Objects.requireNonNull(command);
    ParseResult said = spec.commandLine().getParseResult();
    List<Asked.Option> options = new ArrayList<>();
    for (OptionSpec option : said.matchedOptions()) {
      options.add(
          new Asked.Option(option.longestName(), String.join(", ", option.stringValues()), true));
    }
    for (OptionSpec option : spec.options()) {
      if (!said.hasMatchedOption(option) && option.defaultValue() != null) {
        options.add(new Asked.Option(option.longestName(), option.defaultValue(), false));
      }
    }
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    return Asked.of(words, options);
  }
}
