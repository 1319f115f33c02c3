package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.Hparam;
import io.espalier.core.values.Choice;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;

/** A width that a search may turn: the values it considers, ascending, and what each is worth. */
final class Width {
  private final Hparam hparam;
  private final int dial;
  private final int[] values;
  private final int[] positions;
  private final int[] units;
  private final Worth worth;

  /**
   * A width.
   *
   * @param width the hparam and its units
   * @param budget says which values are considered
   * @param dial which of the dials it is
   */
  Width(WidthUnits width, Budget budget, int dial, Dials dials) {
    this.hparam = width.hparam();
    this.dial = dial;
    this.values = values(width.hparam(), budget);
    this.positions =
        Arrays.stream(values).map(value -> dials.position(dial, Choice.of(value))).toArray();
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

  /** The dial that turns it. */
  int dial() {
    return dial;
  }

  /** The position of the dial at a position here. */
  int position(int index) {
    return positions[index];
  }

  /** The position here of a position of the dial, or the nearest below; at least the first. */
  int step(int position) {
    int at = Arrays.binarySearch(positions, position);
    return at >= 0 ? at : Math.max(0, -at - 2);
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
