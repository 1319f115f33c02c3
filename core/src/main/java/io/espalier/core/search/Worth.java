package io.espalier.core.search;

import io.espalier.core.Hparam;
import java.util.Arrays;

/**
 * What a width is worth with each number of units: the original number times the logarithm of the
 * share of importance that is kept.
 *
 * <p>So units that matter less go first, and every unit is worth more the fewer are left: no layer
 * starves because its units happen to be alike, and widths of all sizes shrink alike where nothing
 * tells their units apart.
 */
final class Worth {
  private final double[] kept;

  private Worth(double[] kept) {
    this.kept = kept;
  }

  /** The worth of a width that keeps its most important units; uniform if no consumer tells. */
  static Worth of(Hparam width) {
    int units = width.order().length;
    double[] ascending = width.importance().orElseGet(() -> new double[units]);
    Arrays.sort(ascending);
    if (ascending[units - 1] == 0) {
      Arrays.fill(ascending, 1);
    }
    double[] kept = new double[units + 1];
    for (int i = 0; i < units; i++) {
      kept[i + 1] = kept[i] + ascending[units - 1 - i];
    }
    return new Worth(kept);
  }

  /** The number of units of the original. */
  int units() {
    return kept.length - 1;
  }

  /** What a number of units is worth; 0 for all of them, minus infinity for none. */
  double of(int count) {
    return units() * Math.log(kept[count] / kept[units()]);
  }
}
