package io.espalier.core.search;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * How far a cost reaches over the networks of a space.
 *
 * @param plural how a sentence calls what is counted
 * @param smallest what the network costs with every choice at its least
 * @param median of some random networks
 * @param largest what the original costs
 */
public record CostProfile(String plural, long smallest, long median, long largest) {
  private static final int DRAWS = 30;

  /** The profile of each cost, by key. The same space gives the same. */
  public static Map<String, CostProfile> of(SearchSpace space, CostHandlers handlers) {
    Dials dials = space.dials(handlers.all().values());
    long[] smallest = dials.costs(new int[dials.size()]);
    long[] largest = dials.costs(dials.original());
    long[][] drawn = new long[smallest.length][DRAWS];
    Random random = new Random(0);
    for (int draw = 0; draw < DRAWS; draw++) {
      int[] setting = new int[dials.size()];
      Arrays.setAll(setting, dial -> random.nextInt(dials.choices(dial).size()));
      long[] costs = dials.costs(setting);
      for (int cost = 0; cost < costs.length; cost++) {
        drawn[cost][draw] = costs[cost];
      }
    }
    Map<String, CostProfile> profiles = new LinkedHashMap<>();
    for (int cost = 0; cost < smallest.length; cost++) {
      CostHandler handler = dials.costs().get(cost);
      Arrays.sort(drawn[cost]);
      long median = (drawn[cost][DRAWS / 2 - 1] + drawn[cost][DRAWS / 2]) / 2;
      profiles.put(
          handler.key(), new CostProfile(handler.plural(), smallest[cost], median, largest[cost]));
    }
    return profiles;
  }
}
