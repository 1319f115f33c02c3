package io.espalier.core.search;

import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a smaller network may cost, and how its widths are to be chosen.
 *
 * @param limits what it may cost at most; all of them hold at once
 * @param divisor what widths of 64 and more are multiples of; smaller ones are multiples of 4 (from
 *     32), 2 (from 16) and 1, or of the divisor if that is smaller
 * @param floor no width falls below this part of its original, from 0 to 1
 * @param exact whether widths that a layer normalises over stay whole, so that plain masking proves
 *     the result
 */
public record Budget(List<Limit> limits, int divisor, double floor, boolean exact) {
  private static final int DIVISOR = 8;
  private static final double FLOOR = 0.125;

  /**
   * Checks a budget.
   *
   * @throws EspalierException if a number is out of its range, or is none
   */
  public Budget {
    limits = List.copyOf(limits);
    if (limits.isEmpty()) {
      throw new EspalierException("a budget must limit something; give one of the costs");
    }
    long kinds = limits.stream().map(limit -> limit.cost().key()).distinct().count();
    if (kinds < limits.size()) {
      throw new EspalierException("a budget limits one cost twice; give each once");
    }
    if (divisor < 1) {
      throw new EspalierException("the divisor of widths must be at least 1, not " + divisor);
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new EspalierException(
          "the floor of widths must be a fraction from 0 to 1, such as 0.125, not " + floor);
    }
  }

  /** Multiples of 8, and at least an eighth of each width. */
  public static Budget of(Cost cost, double fraction) {
    return of(List.of(Limit.part(cost.handler(), fraction)));
  }

  /** As {@link #of(Cost, double)}, with several limits. */
  public static Budget of(List<Limit> limits) {
    return new Budget(limits, DIVISOR, FLOOR, false);
  }

  public Budget withDivisor(int other) {
    return new Budget(limits, other, floor, exact);
  }

  public Budget withFloor(double other) {
    return new Budget(limits, divisor, other, exact);
  }

  /** The same, with widths that a layer normalises over kept whole. */
  public Budget exactly() {
    return new Budget(limits, divisor, floor, true);
  }

  /** The same, with widths that a layer normalises over cut like others. */
  public Budget inexactly() {
    return new Budget(limits, divisor, floor, false);
  }

  /** Whether a cost is limited. */
  public boolean limits(String key) {
    return limits.stream().anyMatch(limit -> limit.cost().key().equals(key));
  }

  /** The same with another limit of one of its costs. */
  Budget with(Limit other) {
    List<Limit> changed = new ArrayList<>(limits);
    changed.replaceAll(limit -> limit.cost().key().equals(other.cost().key()) ? other : limit);
    return new Budget(changed, divisor, floor, exact);
  }

  /** {@code 0.5 of the MACs and 4,000,000 bytes}. */
  String words() {
    return limits.stream().map(Limit::toString).collect(Collectors.joining(" and "));
  }

  /** What a width is to be a multiple of. */
  int divisorOf(int width) {
    int usual = width >= 64 ? divisor : width >= 32 ? 4 : width >= 16 ? 2 : 1;
    return Math.min(usual, divisor);
  }

  /** The smallest value that a width may take. */
  int leastOf(int width) {
    return (int) Math.ceil(width * floor - 1e-9);
  }
}
