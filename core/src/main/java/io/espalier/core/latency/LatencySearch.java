package io.espalier.core.latency;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.search.Limit;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Searches under a limit of latency, and does not take the prediction's word for it: what is found
 * is timed beside the original, and where it misses what was predicted, the table has learnt from
 * it, and the search is run again, and aims lower by as much as the limit was exceeded.
 */
public final class LatencySearch {

  private final SearchSpace space;
  private final Latencies latencies;
  private final LatencyLimit limit;
  private final int most;

  /**
   * A search.
   *
   * @param most how often is searched at most, at least once
   */
  public LatencySearch(SearchSpace space, Latencies latencies, LatencyLimit limit, int most) {
    this.space = space;
    this.latencies = latencies;
    this.limit = limit;
    this.most = most;
  }

  /**
   * What was found.
   *
   * @param limit of latency that it was found under, by the prediction as it was then
   * @param latency what it takes
   */
  public record Found<T>(T result, Limit limit, ConfirmedLatency latency) {}

  /**
   * Searches, and searches again.
   *
   * @param search finds a network under a limit; the space may be turned by it
   * @param config of what was found
   * @param release is given what was found and is not the result
   * @return of all that was found what comes nearest; it may exceed the limit if all did
   */
  public <T> Found<T> run(
      Function<Limit, T> search, Function<T, Config> config, Consumer<T> release) {
    Found<T> best = null;
    Aim aim = new Aim();
    for (int searches = 1; searches <= most; searches++) {
      LatencyCost cost = latencies.cost();
      T result;
      try {
        result = search.apply(limit.times(aim.part()).by(cost));
      } catch (EspalierException e) {
        if (best == null) {
          throw e;
        }
        break; // nothing that is predicted to be quicker is left
      }
      ConfirmedLatency latency = confirm(cost, config.apply(result), searches);
      if (best == null || latency.distance() < best.latency().distance()) {
        if (best != null) {
          release.accept(best.result());
        }
        best = new Found<>(result, limit.by(cost), latency);
      } else {
        release.accept(result);
      }
      if (!aim.next(latency)) {
        break;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("a search must be run at least once");
    }
    return best;
  }

  private ConfirmedLatency confirm(LatencyCost cost, Config config, int searches) {
    Dials dials = space.dials(List.of(cost));
    long whole = dials.cost(dials.original(), 0);
    long predicted = dials.cost(dials.setting(config), 0);
    Timing timing = latencies.confirm(config);
    return new ConfirmedLatency(
        (double) predicted,
        timing.part() * whole,
        (double) whole,
        limit.by(cost).allowed(whole),
        Math.max(ConfirmedLatency.CLOSE, timing.noise()),
        searches,
        latencies.layers(config, timing, cost));
  }
}
