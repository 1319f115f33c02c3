package io.espalier.core.search;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The widths that a search turns; whatever else can be configured stays what it was. A setting is
 * one position for each of them.
 *
 * <p>Costs are read off the space itself, turned to the setting: from one setting to the next only
 * the widths are turned that differ, which is much faster than a whole config. Closing puts the
 * active config back.
 */
final class Widths implements AutoCloseable {
  private final SearchSpace space;
  private final Config before;
  private final List<Hparam> others = new ArrayList<>();
  private final List<Width> widths = new ArrayList<>();
  private final int[] turned;

  Widths(SearchSpace space, Budget budget) {
    this.space = space;
    this.before = space.config();
    Set<String> whole = budget.exact() ? ExactHparams.of(space) : Set.of();
    Map<String, WidthUnits> units = new LinkedHashMap<>();
    WidthUnits.of(space).forEach(width -> units.put(width.hparam().name(), width));
    List<Hparam> all = List.copyOf(space.configurableHparams().values());
    for (Hparam hparam : all) {
      WidthUnits own = units.get(hparam.name());
      if (own == null || whole.contains(hparam.name())) {
        others.add(hparam);
      } else {
        widths.add(new Width(own, budget));
      }
    }
    all.forEach(hparam -> hparam.setActive(hparam.original()));
    this.turned = original();
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
    for (int i = 0; i < setting.length; i++) {
      if (turned[i] != setting[i]) {
        widths.get(i).turn(setting[i]);
        turned[i] = setting[i];
      }
    }
    return new Costs(space.params(), space.macs());
  }

  /** A choice for everything that can be configured. */
  Config config(int[] setting) {
    Map<String, Choice> choices = new LinkedHashMap<>();
    others.forEach(hparam -> choices.put(hparam.name(), hparam.original()));
    for (int i = 0; i < setting.length; i++) {
      choices.put(widths.get(i).name(), widths.get(i).choice(setting[i]));
    }
    return Config.of(choices);
  }

  @Override
  public void close() {
    space.select(before);
  }
}
