package io.espalier.core.latency;

import io.espalier.core.Dials;
import io.espalier.core.values.Choice;
import java.util.List;
import java.util.Random;

/**
 * Which networks of a space are timed for its table: the original first, then drawn ones, so that
 * each run tells of all parts of the network at once. Their widths are multiples of 16 or 8,
 * arbitrary, or each of something else, in turns, since that is what kernels are chosen by; every
 * second round of these is of networks that are small as a whole, since a layer is quicker in a
 * small one. The same space gives the same.
 */
final class TimedSettings {
  private static final int[] STEPS = {16, 8, 4, 1};
  private static final double LEAST = 0.1;

  /** A width has at least so many steps, however small it is. */
  private static final int STEPS_OF_A_WIDTH = 4;

  /** How often a kernel or a depth stays what it is. */
  private static final double WHOLE = 0.5;

  /** Widths of networks that are small as a whole lie around at most this part. */
  private static final double LARGEST = 0.5;

  /** In how wide a range, as a part, the widths of such a network lie. */
  private static final double SPREAD = 0.5;

  private TimedSettings() {}

  /**
   * One of the settings.
   *
   * @param index 0 for the original
   */
  static int[] of(Dials dials, int index) {
    int[] setting = dials.original();
    if (index == 0) {
      return setting;
    }
    Random random = new Random(index);
    double size = LARGEST * random.nextDouble();
    boolean even = index % STEPS.length == 0;
    boolean small = !even && index / STEPS.length % 2 == 1;
    for (int i = 0; i < setting.length; i++) {
      double any = random.nextDouble();
      double near = Math.max(0, Math.min(1, size + SPREAD * (any - 0.5)));
      double part = even ? any : LEAST + (1 - LEAST) * (small ? near : any);
      int drawn = random.nextInt(STEPS.length);
      boolean whole = !even && random.nextDouble() < WHOLE;
      if (dials.kind(i) == Dials.Kind.WIDTH) {
        int step =
            switch (index % STEPS.length) {
              case 1 -> STEPS[drawn % 2];
              case 2 -> STEPS[drawn];
              default -> 1;
            };
        setting[i] = nearest(dials.choices(i), part, step);
      } else if (!whole) {
        setting[i] = (int) (part * (setting[i] + 1));
      }
    }
    return setting;
  }

  /** The choice nearest to a part of the original, among multiples if there are any below it. */
  private static int nearest(List<Choice> choices, double part, int step) {
    int original = choices.get(choices.size() - 1).number();
    int fitting = Math.max(1, Math.min(step, Integer.highestOneBit(original) / STEPS_OF_A_WIDTH));
    double wanted = (double) Math.max(1, Math.round(part * original / fitting)) * fitting;
    int nearest = 0;
    for (int i = 1; i < choices.size(); i++) {
      double now = Math.abs(choices.get(i).number() - wanted);
      if (now < Math.abs(choices.get(nearest).number() - wanted)) {
        nearest = i;
      }
    }
    return nearest;
  }
}
