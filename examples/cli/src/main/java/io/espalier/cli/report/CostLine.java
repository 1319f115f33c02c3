package io.espalier.cli.report;

import java.util.Optional;

/**
 * One cost of a network.
 *
 * @param key its name to programs
 * @param plural what is counted
 * @param before of the original
 * @param after of what is left
 * @param limit what was allowed
 */
public record CostLine(
    String key, String plural, long before, long after, Optional<Allowed> limit) {
  /**
   * A limit.
   *
   * @param words as it was asked for
   * @param amount how much that is
   */
  public record Allowed(String words, double amount) {}

  /** What is left, as a part of the original. */
  double part() {
    return part((double) after);
  }

  /** An amount as a part of the original. */
  double part(double amount) {
    return before == 0 ? 0 : amount / before;
  }
}
