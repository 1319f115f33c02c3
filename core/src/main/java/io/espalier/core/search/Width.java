package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.values.Choice;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;

/** A width that a search may turn: the values it considers, ascending, and what each is worth. */
final class Width {
  private final Hparam hparam;
  private final int[] values;
  private final int[] units;
  private final Worth worth;

  /**
   * A width.
   *
   * @param width the hparam and its units
   * @param budget says which values are considered
   */
  Width(WidthUnits width, Budget budget) {
    this.hparam = width.hparam();
    this.values = values(width.hparam(), budget);
    this.units = Arrays.stream(values).map(width::at).toArray();
    this.worth = Worth.of(width.hparam());
  }

  /** The values that a budget lets a width take: multiples, or the choices that are nearest. */
  private static int[] values(Hparam hparam, Budget budget) {
    int original = hparam.original().number();
    int divisor = budget.divisorOf(original);
    int least = budget.leastOf(original);
    TreeSet<Integer> choices = new TreeSet<>();
    hparam.choices().forEach(choice -> choices.add(choice.number()));
    TreeSet<Integer> values = new TreeSet<>();
    for (int multiple = divisor; multiple < original; multiple += divisor) {
      int value = nearest(choices, multiple);
      if (multiple >= least && value >= least) {
        values.add(value);
      }
    }
    values.add(original);
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int nearest(NavigableSet<Integer> choices, int value) {
    Integer below = choices.floor(value);
    Integer above = choices.ceiling(value);
    if (below == null || above == null) {
      return below == null ? choices.first() : below;
    }
    return value - below < above - value ? below : above;
  }

  String name() {
    return hparam.name();
  }

  /** The number of values; the last is the original. */
  int size() {
    return values.length;
  }

  /** The value at a position. */
  Choice choice(int position) {
    return Choice.of(values[position]);
  }

  /** Sets the width in its space. */
  void turn(int position) {
    hparam.setActive(choice(position));
  }

  Worth worth() {
    return worth;
  }

  /** What the units are worth that are kept at a position. */
  double worthAt(int position) {
    return worth.of(units[position]);
  }

  /** The position whose number of units is nearest. */
  int nearest(int count) {
    int above = Arrays.binarySearch(units, count);
    if (above >= 0) {
      return above;
    }
    above = -above - 1;
    if (above == 0 || above == units.length) {
      return Math.min(above, units.length - 1);
    }
    return count - units[above - 1] < units[above] - count ? above - 1 : above;
  }
}
