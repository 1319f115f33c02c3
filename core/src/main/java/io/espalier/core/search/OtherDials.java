package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import java.util.List;

/**
 * Kernels and depths where widths alone do not do: turned one step after another, what saves most
 * for what it takes away first, until widths of about half can meet the budget, or nothing is left
 * to turn.
 */
final class OtherDials {
  private static final double HALF = 0.5;

  private OtherDials() {}

  /**
   * The widths with as much else turned as the budget needs.
   *
   * @throws io.espalier.spi.EspalierException if no network of the space meets it
   */
  static Widths fit(SearchSpace space, Budget budget, Widths widths) {
    double allowed = widths.meter().allowed();
    int[] least = widths.least();
    if (widths.costs(least).measure() <= allowed) {
      return widths;
    }
    int[] half = new int[widths.size()];
    for (int i = 0; i < half.length; i++) {
      Width width = widths.get(i);
      half[i] = width.nearest((int) Math.ceil(width.worth().units() * HALF));
    }
    Widths turned = widths;
    while (turned.costs(half).measure() > allowed) {
      int[] next = next(turned, half);
      if (next.length == 0) {
        break;
      }
      turned = turned.with(next);
    }
    least = turned.least();
    if (turned.costs(least).measure() > allowed) {
      throw Refusal.of(space, budget, turned.all(least));
    }
    return turned;
  }

  /** The setting of all dials after the step that is worth most; empty if there is none. */
  private static int[] next(Widths widths, int[] setting) {
    int[] all = widths.all(setting);
    Meter meter = widths.meter();
    double now = meter.at(all).measure();
    int best = -1;
    double most = -1;
    for (int dial : widths.others()) {
      if (all[dial] > 0) {
        all[dial]--;
        double saved = (now - meter.at(all).measure()) / taken(meter.dials(), dial, all[dial]);
        all[dial]++;
        if (saved > most) {
          most = saved;
          best = dial;
        }
      }
    }
    if (best < 0) {
      return new int[0];
    }
    all[best]--;
    return all;
  }

  /** What a step to a position takes away: the part of a kernel, or a block. */
  private static double taken(Dials dials, int dial, int position) {
    if (dials.kind(dial) == Dials.Kind.DEPTH) {
      return 1;
    }
    List<Choice> choices = dials.choices(dial);
    double whole = area(choices.get(choices.size() - 1));
    double taken = area(choices.get(position + 1)) - area(choices.get(position));
    return Math.max(taken, 1) / whole;
  }

  private static double area(Choice kernel) {
    return kernel.values().stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }
}
