package io.espalier.core.compensation;

import io.espalier.trace.Layout;
import java.util.List;

/**
 * How much may be spent on repairing a network: how many layers go together in one pass over the
 * data, and how many rows are looked at.
 *
 * @param pass the multiply-accumulate operations of one pass over the data, in both networks
 * @param samples how many samples there are
 */
public record Effort(double pass, int samples) {
  /** All passes together take no more operations than this, if the layers can be put together. */
  private static final double OPERATIONS = 8e12;

  private static final int FEWEST_PASSES = 12;

  /** Rows for each column beyond which more change nothing. */
  private static final int ROWS_FOR_A_COLUMN = 40;

  private static final int LEAST_ROWS = 20_000;
  private static final int[] STEPS = {31, 23, 17, 13, 11, 7, 5, 3};
  private static final int MOST_ROUNDS = 2;

  /** How many levels are repaired in one pass. */
  int together(int levels) {
    return (int) Math.max(1, Math.ceil(levels / passes()));
  }

  /** How many further rounds there are for layers whose negative results do not matter. */
  int rounds(int levels) {
    return passes() >= (1 + MOST_ROUNDS) * levels ? MOST_ROUNDS : 0;
  }

  /** On average, a pass ends halfway through the networks. */
  private double passes() {
    return Math.max(FEWEST_PASSES, 2 * OPERATIONS / Math.max(1, pass));
  }

  /**
   * Every how manieth row is enough.
   *
   * @param aimed the layouts of what is aimed at
   * @param axis the axis of its channels
   */
  int step(Site site, List<Layout> aimed, int axis) {
    double rows = samples;
    for (int i = 1; i < aimed.size(); i++) {
      rows *= i == axis ? 1 : aimed.get(i).extent();
    }
    double enough =
        Math.max(
            LEAST_ROWS, ROWS_FOR_A_COLUMN * (double) site.weight().rows() * site.weight().places());
    long last = aimed.get(aimed.size() - 1).extent();
    for (int step : STEPS) {
      // a step that divides the width of an image would see the same columns only
      if (rows / step >= enough && last % step != 0) {
        return step;
      }
    }
    return 1;
  }
}
