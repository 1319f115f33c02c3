package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import io.espalier.spi.EspalierException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Why a budget cannot be met. Where one of what the budget itself asks of widths is in the way, the
 * message names that one, and how small the network can be without it.
 */
final class Refusal {
  private final SearchSpace space;
  private final Budget budget;
  private final Widths widths;

  private Refusal(SearchSpace space, Budget budget) {
    this.space = space;
    this.budget = budget;
    this.widths = new Widths(space, budget);
  }

  /**
   * The refusal of a budget.
   *
   * @param least the smallest setting of all dials that the budget lets be chosen
   */
  static EspalierException of(SearchSpace space, Budget budget, int[] least) {
    return new Refusal(space, budget).refuse(least, "");
  }

  /** The refusal of a budget where nothing can be cut. */
  static EspalierException whole(SearchSpace space, Budget budget, int[] original) {
    return new Refusal(space, budget).refuse(original, ", as no width of it can be cut");
  }

  private EspalierException refuse(int[] least, String why) {
    String text =
        "a budget of "
            + budget.words()
            + " cannot be met: the smallest this space allows is "
            + smallest(widths.meter(), least)
            + why
            + held()
            + binding(least)
            + inTheWay();
    return new EspalierException(text + Obstacles.in(space, "allow more, or open more widths"));
  }

  /** A single part needs no more words. */
  private String smallest(Meter meter, int[] setting) {
    String words = String.join(" and ", meter.say(setting));
    int of = words.indexOf(" of the ");
    return budget.limits().size() == 1 && of >= 0 ? words.substring(0, of) : words;
  }

  /** Which of several limits cannot be met. */
  private String binding(int[] least) {
    List<Limit> exceeded = widths.meter().exceeded(least);
    return budget.limits().size() == 1 || exceeded.isEmpty()
        ? ""
        : "; what cannot be met is "
            + exceeded.stream().map(Limit::toString).collect(Collectors.joining(" and "));
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
      looser.put("that widths which are normalised over stay whole (exact)", budget.inexactly());
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
          int[] least = least(other);
          if (isMet(least)) {
            text.append(text.isEmpty() ? "; what stops it is " : ", or ")
                .append(what)
                .append(", without which ")
                .append(smallest(widths.meter(), least))
                .append(" is possible");
          }
        });
    if (!text.isEmpty()) {
      return text.toString();
    }
    Budget loosest = budget.inexactly().withFloor(0).withDivisor(1);
    int[] least = least(loosest);
    if (looser.size() > 1 && isMet(least)) {
      return "; what stops it is "
          + String.join(" together with ", looser.keySet())
          + ", without which "
          + smallest(widths.meter(), least)
          + " is possible";
    }
    return space.rules().isEverything()
        ? ""
        : "; what the rules allow is no smaller than "
            + smallest(widths.meter(), least)
            + " at any divisor or floor";
  }

  private boolean isMet(int[] setting) {
    return widths.meter().at(setting).measure() <= widths.meter().allowed();
  }

  /** The smallest setting under another budget. */
  private int[] least(Budget other) {
    Widths widths = new Widths(space, other);
    int[] all = widths.all(new int[widths.size()]);
    widths.others().forEach(dial -> all[dial] = 0);
    Widths turned = widths.with(all);
    return turned.all(turned.least());
  }
}
