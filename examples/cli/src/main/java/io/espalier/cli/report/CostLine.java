package io.espalier.cli.report;

import io.espalier.core.cost.CostHandler;
import java.util.Optional;

/**
 * One cost of a network.
 *
 * @param cost what is counted
 * @param before of the original
 * @param after of what is left
 * @param limit what was allowed
 */
public record CostLine(CostHandler cost, long before, long after, Optional<Allowed> limit) {
  /**
   * A limit.
   *
   * @param words as it was asked for
   * @param amount how much that is
   */
  public record Allowed(String words, double amount) {}

  /** Its name to programs. */
  String key() {
    return cost.key();
  }

  /** How a sentence calls what is counted. */
  String plural() {
    return cost.plural();
  }

  /** What is left, as a part of the original. */
  double part() {
    return part((double) after);
  }

  /** An amount as a part of the original. */
  double part(double amount) {
    return before == 0 ? 0 : amount / before;
  }
}
