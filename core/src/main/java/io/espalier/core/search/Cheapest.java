package io.espalier.core.search;

import java.util.function.ToDoubleFunction;

/**
 * Looks for the setting that costs least where the smallest may not be it: a width that kernels
 * like is quicker than a smaller one that they do not.
 */
final class Cheapest {
  private static final int ROUNDS = 4;

  private Cheapest() {}

  /**
   * Turns one dial after the other to where it costs least, the smallest first, until none saves
   * anything.
   *
   * @param steps how many steps each dial has
   * @param cost of a setting, one step for each dial
   */
  static int[] of(int[] steps, ToDoubleFunction<int[]> cost) {
    int[] setting = new int[steps.length];
    double least = cost.applyAsDouble(setting);
    boolean changed = true;
    for (int round = 0; changed && round < ROUNDS; round++) {
      changed = false;
      for (int dial = 0; dial < steps.length; dial++) {
        int best = setting[dial];
        for (int step = 0; step < steps[dial]; step++) {
          setting[dial] = step;
          double now = cost.applyAsDouble(setting);
          if (now < least) {
            least = now;
            best = step;
            changed = true;
          }
        }
        setting[dial] = best;
      }
    }
    return setting;
  }
}
