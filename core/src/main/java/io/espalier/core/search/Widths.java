package io.espalier.core.search;

import io.espalier.core.Choice;
import io.espalier.core.Config;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The widths that a search turns; whatever else can be configured stays what it was. A setting is
 * one position for each of them.
 */
final class Widths {
  private final SearchSpace space;
  private final List<Width> widths = new ArrayList<>();
  private final Map<String, Choice> original = new LinkedHashMap<>();

  Widths(SearchSpace space, Budget budget) {
    this.space = space;
    Set<String> whole = budget.exact() ? ExactHparams.of(space) : Set.of();
    for (WidthUnits units : WidthUnits.of(space)) {
      if (!whole.contains(units.hparam().name())) {
        widths.add(new Width(units, budget));
      }
    }
    for (Hparam hparam : space.namedHparams(true, true).values()) {
      original.put(hparam.name(), hparam.original());
    }
  }

  int size() {
    return widths.size();
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
    Config config = config(setting);
    return new Costs(space.params(config), space.macs(config));
  }

  /** A choice for everything that can be configured. */
  Config config(int[] setting) {
    Map<String, Choice> choices = new LinkedHashMap<>(original);
    for (int i = 0; i < setting.length; i++) {
      choices.put(widths.get(i).name(), widths.get(i).choice(setting[i]));
    }
    return Config.of(choices);
  }
}
