package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataArray;
import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.latency.Latencies;
import io.espalier.core.latency.LatencyCost;
import io.espalier.core.latency.LatencyLimit;
import io.espalier.core.latency.LatencySearch;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.FileLimit;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Searches under a budget; where that limits latency, times networks first, and what is found. */
final class LatencyPrune {
  private static final int SEARCHES = 5;

  /** A search with data takes long. What is tried before, without, has taught the table most. */
  private static final int SEARCHES_WITH_DATA = 2;

  private final CarveOptions carving;
  private final AskedBudget asked;
  private final int threads;
  private final List<Path> folders;
  private final Progress progress;

  /**
   * @param threads how many threads an operator may use where networks are timed
   * @param folders where timings are kept
   */
  LatencyPrune(
      CarveOptions carving, AskedBudget asked, int threads, List<Path> folders, Progress progress) {
    this.carving = carving;
    this.asked = asked;
    this.threads = threads;
    this.folders = List.copyOf(folders);
    this.progress = progress;
  }

  /**
   * What was found.
   *
   * @param budget that it was found under
   * @param latency what it takes, if that was limited
   * @param words on the latency; empty if it was not limited
   */
  record Found<T>(T result, Budget budget, Optional<ConfirmedLatency> latency, String words) {}

  /** Chooses widths by weights alone. */
  Found<BudgetResult> withoutData(SearchSpace space) {
    return find(space, budget -> byWeights(space, budget), BudgetResult::config, other -> {}, true);
  }

  /**
   * Searches with data.
   *
   * @param config of what was found
   * @param release is given what is not the result
   */
  <T> Found<T> withData(
      SearchSpace space,
      Function<Budget, T> search,
      Function<T, Config> config,
      Consumer<T> release) {
    return find(space, search, config, release, false);
  }

  private static BudgetResult byWeights(SearchSpace space, Budget budget) {
    return BudgetSearch.find(space, FileLimit.of(space, budget));
  }

  private <T> Found<T> find(
      SearchSpace space,
      Function<Budget, T> search,
      Function<T, Config> config,
      Consumer<T> release,
      boolean quick) {
    LatencyLimit limit = asked.latency().orElse(null);
    if (limit == null) {
      Budget budget = carving.ofWholeFile(asked.budget());
      return new Found<>(search.apply(budget), budget, Optional.empty(), "");
    }
    progress.step("timing networks");
    try (Latencies latencies =
        Latencies.of(space, inputs(space), threads, folders, progress::detail)) {
      progress.step("searching");
      if (!quick) {
        space.sortParameters();
        new LatencySearch(space, latencies, limit, SEARCHES)
            .run(time -> byWeights(space, asked.with(time)), BudgetResult::config, other -> {});
      }
      LatencySearch.Found<T> found =
          new LatencySearch(space, latencies, limit, quick ? SEARCHES : SEARCHES_WITH_DATA)
              .run(time -> search.apply(asked.with(time)), config, release);
      if (found.latency().exceeds()) {
        release.accept(found.result());
        throw LatencyWords.exceeded(found.latency(), latencies.cost());
      }
      space.select(config.apply(found.result()));
      LatencyCost cost = latencies.cost();
      return new Found<>(
          found.result(),
          asked.with(found.limit()),
          Optional.of(found.latency()),
          LatencyWords.of(found.latency(), cost, latencies.conditions(), latencies.count()));
    }
  }

  /** What networks are run with; nothing where the backend cannot time them anyway. */
  private Map<String, DataArray> inputs(SearchSpace space) {
    Map<String, DataArray> inputs = new LinkedHashMap<>();
    if (space.model() instanceof OnnxNetwork network) {
      try (OnnxSession session = OnnxSession.open(network.model(), SessionSettings.sparing())) {
        Stopwatch.inputs(session, carving.given(space))
            .forEach((name, tensor) -> inputs.put(name, tensor.toArray()));
      }
    }
    return inputs;
  }
}
