package io.espalier.cli.report;

import java.util.Optional;

/**
 * By which cost candidates are drawn: the one that the budget limits, as a part of the original's;
 * of several limits, the one that each candidate comes nearest to.
 *
 * @param only the limited cost; empty where there are several
 */
record CandidateCostAxis(Optional<CostLine> only) {
  static CandidateCostAxis of(PruneReport report) {
    return new CandidateCostAxis(report.onlyLimit().filter(cost -> cost.before() > 0));
  }

  /** How the axis is called. */
  String name() {
    return only.map(cost -> cost.plural() + ", part of the original's")
        .orElse("part of the budget, of the limit that comes nearest");
  }

  /** Where a candidate stands. */
  double at(DataReport.Scored scored) {
    return only.map(cost -> cost.part(scored.costs().getOrDefault(cost.key(), 0L)))
        .orElse(scored.candidate().spent());
  }

  /** Where the budget stands. */
  double budget() {
    return only.map(cost -> cost.part(cost.limit().orElseThrow().amount())).orElse(1.0);
  }
}
