package io.espalier.core.rules;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which widths a rule leaves of an original one. */
public final class WidthChoices {
  private WidthChoices() {}

  /**
   * The nearest multiple of the divisor, never less than one and never less than nine tenths of the
   * width: the {@code make_divisible} of the MobileNet models.
   *
   * @param width the width wanted, which may be fractional
   * @param divisor at least 1
   */
  public static long makeDivisible(double width, int divisor) {
    long rounded = Math.max(divisor, (long) (width + divisor / 2.0) / divisor * divisor);
    return rounded < 0.9 * width ? rounded + divisor : rounded;
  }

  /**
   * The choices of a width, ascending and distinct. With ratios these are the fractions of the
   * original, made divisible; without, all multiples of the divisor. None is above the original,
   * and the original is always one of them.
   *
   * @param original the original width, at least 1
   * @param ratios fractions of the original; empty stands for every width
   * @param divisor at least 1
   */
  public static int[] choices(int original, Optional<List<Double>> ratios, int divisor) {
    SortedSet<Integer> choices = new TreeSet<>();
    if (ratios.isPresent()) {
      for (double ratio : ratios.get()) {
        long choice = makeDivisible(ratio * original, divisor);
        if (choice <= original) {
          choices.add((int) choice);
        }
      }
    } else {
      for (long choice = divisor; choice <= original; choice += divisor) {
        choices.add((int) choice);
      }
    }
    choices.add(original);
    return choices.stream().mapToInt(Integer::intValue).toArray();
  }
}
