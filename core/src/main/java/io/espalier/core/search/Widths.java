package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The widths that a search turns; whatever else can be configured is as it was given. A setting is
 * one position for each of them. Immutable; the space itself is not turned.
 */
final class Widths {
  private final Meter meter;
  private final int[] base;
  private final Set<String> whole;
  private final List<Width> widths;

  Widths(SearchSpace space, Budget budget) {
    this.meter = new Meter(space, budget);
    this.base = meter.dials().original();
    this.whole = budget.exact() ? ExactHparams.of(space) : Set.of();
    this.widths = new ArrayList<>();
    Map<String, WidthUnits> units = new LinkedHashMap<>();
    WidthUnits.of(space).forEach(width -> units.put(width.hparam().name(), width));
    for (int i = 0; i < base.length; i++) {
      WidthUnits own = units.get(meter.dials().name(i));
      if (own != null && !whole.contains(own.hparam().name())) {
        widths.add(new Width(own, budget, i, meter.dials()));
      }
    }
  }

  private Widths(Widths like, int[] base) {
    this.meter = like.meter;
    this.base = base;
    this.whole = like.whole;
    this.widths = like.widths;
  }

  /** The same widths, with everything else as a setting of all dials has it. */
  Widths with(int[] all) {
    return new Widths(this, all.clone());
  }

  /** The dials that are no widths, and may be turned. */
  List<Integer> others() {
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < base.length; i++) {
      boolean width = meter.dials().kind(i) == Dials.Kind.WIDTH;
      if (!width && !whole.contains(meter.dials().name(i))) {
        others.add(i);
      }
    }
    return others;
  }

  /** The setting that comes nearest to a config. */
  int[] steps(Config config) {
    int[] all = meter.dials().setting(config);
    int[] setting = new int[widths.size()];
    Arrays.setAll(setting, i -> widths.get(i).step(all[widths.get(i).dial()]));
    return setting;
  }

  /** The positions of all dials at a setting. */
  int[] all(int[] setting) {
    int[] all = base.clone();
    for (int i = 0; i < setting.length; i++) {
      all[widths.get(i).dial()] = widths.get(i).position(setting[i]);
    }
    return all;
  }

  Meter meter() {
    return meter;
  }

  int size() {
    return widths.size();
  }

  /** Whether none of them can be anything but what it is. */
  boolean areWhole() {
    return widths.stream().allMatch(width -> width.size() == 1);
  }

  Width get(int index) {
    return widths.get(index);
  }

  /** The setting that leaves the network as it is. */
  int[] original() {
    return widths.stream().mapToInt(width -> width.size() - 1).toArray();
  }

  /** The smallest setting, or, if that does not meet the budget, the one that costs least. */
  int[] least() {
    int[] smallest = new int[widths.size()];
    return meter.grows() || costs(smallest).measure() <= meter.allowed()
        ? smallest
        : Cheapest.of(
            widths.stream().mapToInt(Width::size).toArray(), setting -> costs(setting).measure());
  }

  /**
   * The widths in the order in which they lose units one by one, what is worth least first. Each
   * can lose all its units.
   */
  int[] losers() {
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      Worth worth = widths.get(i).worth();
      for (int count = worth.units(); count > 0; count--) {
        units.add(new Unit(worth.of(count) - worth.of(count - 1), i));
      }
    }
    units.sort(null);
    return units.stream().mapToInt(Unit::width).toArray();
  }

  private record Unit(double worth, int width) implements Comparable<Unit> {
    @Override
    public int compareTo(Unit other) {
      int order = Double.compare(worth, other.worth);
      return order != 0 ? order : Integer.compare(width, other.width);
    }
  }

  /** The setting nearest to one where each width has lost some units. */
  int[] without(int[] gone) {
    int[] setting = new int[widths.size()];
    Arrays.setAll(setting, i -> widths.get(i).nearest(widths.get(i).worth().units() - gone[i]));
    return setting;
  }

  /** What all widths are worth together at a setting. */
  double worth(int[] setting) {
    double sum = 0;
    for (int i = 0; i < setting.length; i++) {
      sum += widths.get(i).worthAt(setting[i]);
    }
    return sum;
  }

  /** What the network costs at a setting. */
  Costs costs(int[] setting) {
    return meter.at(all(setting));
  }

  /** A choice for everything that can be configured. */
  Config config(int[] setting) {
    return meter.dials().config(all(setting));
  }

  /** A setting as a result, beside what the original costs. */
  BudgetResult result(int[] setting) {
    Costs costs = costs(setting);
    Costs original = meter.original();
    return new BudgetResult(
        config(setting),
        costs.params(),
        costs.macs(),
        original.params(),
        original.macs(),
        meter.spent(all(setting)));
  }
}
