package io.espalier.core.compensation;

import io.espalier.trace.Layout;
import java.util.List;

/**
 * How much may be spent on repairing a network: how many layers go together in one pass over the
 * data, and how many rows are looked at.
 *
 * @param pass the multiply-accumulate operations of one pass over the data, in both networks
 * @param samples how many samples there are
 * @param size how large a sample is beside the sizes that the network was analysed at, and that
 *     extents of layouts are
 * @param mostRounds how many further rounds there are at most for each layer whose negative results
 *     do not matter
 */
public record Effort(double pass, int samples, double size, int mostRounds) {
  /** All passes together take no more operations than this, if the layers can be put together. */
  private static final double OPERATIONS = 8e12;

  private static final int FEWEST_PASSES = 12;

  /** What preparing a pass takes, as if it were operations. */
  private static final double OF_A_PASS = 4e9;

  /** Rows for each column beyond which more change nothing. */
  private static final int ROWS_FOR_A_COLUMN = 40;

  /** Moments of one pass take no more bytes than this, but for a single weight. */
  static final long OF_ONE_PASS = 300_000_000;

  private static final int LEAST_ROWS = 20_000;

  /** Rows of one sample are much alike: samples go only once its rows are thinned out so far. */
  private static final int LEAST_STEP = 3;

  private static final int LEAST_SAMPLES = 80;
  private static final int[] STEPS = {31, 23, 17, 13, 11, 7, 5, 3};
  private static final int MOST_ROUNDS = 2;

  /** As many rounds as are of use. */
  public Effort(double pass, int samples, double size) {
    this(pass, samples, size, MOST_ROUNDS);
  }

  /** The same of samples of the size that the network was analysed at. */
  public Effort(double pass, int samples) {
    this(pass, samples, 1);
  }

  /** Enough to tell which of some networks can be repaired better. */
  public Effort withoutRounds() {
    return new Effort(pass, samples, size, 0);
  }

  /** About how many operations it takes to repair a network of so many levels. */
  public double operations(int levels) {
    double turns = Math.ceil((double) levels / together(levels));
    return turns * (1 + rounds(levels)) * (pass / 2 + OF_A_PASS);
  }

  /** Whether there is enough for further rounds in a network of so many levels. */
  public boolean isAmple(int levels) {
    return passes() >= (1 + MOST_ROUNDS) * levels;
  }

  /** How many levels are repaired in one pass. */
  int together(int levels) {
    return (int) Math.max(1, Math.ceil(levels / passes()));
  }

  /** How many further rounds there are for layers whose negative results do not matter. */
  int rounds(int levels) {
    return isAmple(levels) ? mostRounds : 0;
  }

  /** On average, a pass ends halfway through the networks. */
  private double passes() {
    return Math.max(FEWEST_PASSES, 2 * OPERATIONS / Math.max(1, pass));
  }

  /**
   * How many times as many rows there are as are enough.
   *
   * @param aimed the layouts of what is aimed at
   * @param axis the axis of its channels
   */
  double spare(Site site, List<Layout> aimed, int axis) {
    double rows = samples * size;
    for (int i = 1; i < aimed.size(); i++) {
      rows *= i == axis ? 1 : aimed.get(i).extent();
    }
    double enough = Math.max(LEAST_ROWS, (double) ROWS_FOR_A_COLUMN * site.columns());
    return rows / enough;
  }

  /** How many bytes the moments for a weight take. */
  static long bytes(Site site, int folds) {
    long columns = site.columns() + 1L;
    long outputs = site.byChannels() ? columns : site.weight().columns() / site.groups();
    return columns * (columns + outputs) * site.groups() * folds * Double.BYTES;
  }

  /** Every how manieth sample is enough where there are so many times as many rows as needed. */
  int every(double spare) {
    return (int) Math.max(1, Math.min(spare / LEAST_STEP, (double) samples / LEAST_SAMPLES));
  }

  /**
   * Every how manieth row is enough.
   *
   * @param spare how many times as many there are
   * @param last the extent of the last axis
   */
  static int step(double spare, long last) {
    for (int step : STEPS) {
      // a step that divides the width of an image would see the same columns only
      if (spare >= step && last % step != 0) {
        return step;
      }
    }
    return 1;
  }
}
