package io.espalier.core.search;

import io.espalier.core.SearchSpace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Keeps other units where that is better for the network as a whole. Orders are made width by
 * width, as if all others were kept; where few units are left, one in the place of another can be
 * worth a lot. Units next to the border of what is kept are tried first, and those of the narrowest
 * widths.
 */
public final class UnitExchange {
  private final SearchSpace space;
  private final ToDoubleFunction<SearchSpace> error;
  private int trials;
  private double least;

  private UnitExchange(
      SearchSpace space, ToDoubleFunction<SearchSpace> error, int trials, double least) {
    this.space = space;
    this.error = error;
    this.trials = trials;
    this.least = least;
  }

  /**
   * Exchanges units of the widths as they are set. The orders of the space change where that helps.
   *
   * @param least the error as it is
   * @param trials how many exchanges may be tried
   * @param error what is to become less; it may select a config with the same widths
   * @return the error afterwards, at most that before
   */
  public static double improve(
      SearchSpace space, double least, int trials, ToDoubleFunction<SearchSpace> error) {
    UnitExchange exchange = new UnitExchange(space, error, trials, least);
    exchange.run();
    return exchange.least;
  }

  private void run() {
    List<WidthUnits> widths = new ArrayList<>(WidthUnits.of(space));
    widths.removeIf(width -> kept(width) == width.symbol().extent());
    widths.sort(Comparator.comparingInt(this::kept));
    int most = widths.stream().mapToInt(width -> width.hparam().order().length).max().orElse(0);
    for (int distance = 0; distance < most && trials > 0; distance++) {
      for (WidthUnits width : widths) {
        for (int inside = 0; inside <= distance; inside++) {
          attempt(width, inside, distance - inside);
        }
      }
    }
  }

  private int kept(WidthUnits width) {
    return space.cut().units(width.symbol()).length;
  }

  /** Exchanges units so many places inside and outside of the border. */
  private void attempt(WidthUnits width, int inside, int outside) {
    int[] before = width.hparam().order();
    int in = kept(width) - 1 - inside;
    int out = kept(width) + outside;
    if (trials == 0 || in < 0 || out >= before.length) {
      return;
    }
    trials--;
    int[] order = before.clone();
    order[in] = before[out];
    order[out] = before[in];
    width.hparam().setOrder(order);
    double now = error.applyAsDouble(space);
    if (now < least) {
      least = now;
    } else {
      width.hparam().setOrder(before);
    }
  }
}
