package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.spi.EspalierException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a budget cannot be met. Where one of what the budget itself asks of widths is in the way, the
 * message names that one, and how small the network can be without it.
 */
final class Refusal {
  private static final int FRACTION_DIGITS = 3;

  private final SearchSpace space;
  private final Budget budget;
  private final long original;

  private Refusal(SearchSpace space, Budget budget, Costs original) {
    this.space = space;
    this.budget = budget;
    this.original = original.of(budget.cost());
  }

  /**
   * The refusal of a budget.
   *
   * @param original what the whole network costs
   * @param least what the smallest costs that the budget lets be chosen
   */
  static EspalierException of(SearchSpace space, Budget budget, Costs original, long least) {
    return new Refusal(space, budget, original).refuse(least, "");
  }

  /** The refusal of a budget, of which no width can be cut. */
  static EspalierException whole(SearchSpace space, Budget budget, Costs original) {
    return new Refusal(space, budget, original)
        .refuse(original.of(budget.cost()), ", as no width of it can be cut");
  }

  private EspalierException refuse(long least, String why) {
    String text =
        "a budget of "
            + budget.fraction()
            + " of the "
            + budget.cost()
            + " cannot be met: the smallest this space allows is "
            + fraction(least)
            + why
            + held()
            + inTheWay();
    return new EspalierException(text + Obstacles.in(space, "allow more, or open more widths"));
  }

  private String fraction(long cost) {
    return BigDecimal.valueOf(cost)
        .divide(BigDecimal.valueOf(original), FRACTION_DIGITS, RoundingMode.CEILING)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** What the budget itself says of widths. */
  private String held() {
    return " (with divisor "
        + budget.divisor()
        + " and floor "
        + budget.floor()
        + (budget.exact() ? ", widths that are normalised over kept whole" : "")
        + ")";
  }

  /** What alone makes the budget impossible, each with what is possible without it. */
  private String inTheWay() {
    Map<String, Budget> looser = new LinkedHashMap<>();
    if (budget.exact()) {
      looser.put(
          "that widths which are normalised over stay whole (exact)", budget.withExact(false));
    }
    if (budget.floor() > 0) {
      looser.put("the floor of " + budget.floor(), budget.withFloor(0));
    }
    if (budget.divisor() > 1) {
      looser.put("the divisor of " + budget.divisor(), budget.withDivisor(1));
    }
    StringBuilder text = new StringBuilder();
    looser.forEach(
        (what, other) -> {
          long least = least(other);
          if (least <= original * budget.fraction()) {
            text.append(text.isEmpty() ? "; what stops it is " : ", or ")
                .append(what)
                .append(", without which ")
                .append(fraction(least))
                .append(" is possible");
          }
        });
    if (!text.isEmpty()) {
      return text.toString();
    }
    Budget loosest = budget.withExact(false).withFloor(0).withDivisor(1);
    long least = least(loosest);
    if (looser.size() > 1 && least <= original * budget.fraction()) {
      return "; what stops it is "
          + String.join(" together with ", looser.keySet())
          + ", without which "
          + fraction(least)
          + " is possible";
    }
    return space.rules().isEverything()
        ? ""
        : "; what the rules allow is no smaller than "
            + fraction(least)
            + " at any divisor or floor";
  }

  /** What the smallest network costs under another budget. */
  private long least(Budget other) {
    try (Widths widths = new Widths(space, other)) {
      return widths.costs(new int[widths.size()]).of(budget.cost());
    }
  }
}
