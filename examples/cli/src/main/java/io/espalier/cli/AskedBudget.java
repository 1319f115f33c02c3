package io.espalier.cli;

import io.espalier.core.latency.LatencyLimit;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A budget as it was asked for, before a model is opened: what latency is, only its table says.
 *
 * @param limits of other costs
 * @param latency how long a run may take, if that is limited
 * @param divisor what widths are multiples of
 * @param floor the part of itself that no width falls below
 * @param exact whether widths that are normalised over stay whole
 */
record AskedBudget(
    List<Limit> limits, Optional<LatencyLimit> latency, int divisor, double floor, boolean exact) {
  AskedBudget {
    limits = List.copyOf(limits);
    if (!limits.isEmpty()) {
      budget(limits, divisor, floor, exact); // what is out of range is said before any work is done
    }
  }

  /** Whether a cost is limited. */
  boolean limits(String key) {
    return limits.stream().anyMatch(limit -> limit.cost().key().equals(key));
  }

  /** The budget of one that does not limit latency. */
  Budget budget() {
    return budget(limits, divisor, floor, exact);
  }

  /** The budget with a limit of latency. */
  Budget with(Limit time) {
    List<Limit> all = new ArrayList<>(limits);
    all.add(time);
    return budget(all, divisor, floor, exact);
  }

  private static Budget budget(List<Limit> limits, int divisor, double floor, boolean exact) {
    Budget budget = Budget.of(limits).withDivisor(divisor).withFloor(floor);
    return exact ? budget.exactly() : budget;
  }
}
