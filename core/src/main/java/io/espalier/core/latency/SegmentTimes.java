package io.espalier.core.latency;

import java.util.List;

/**
 * What a segment took at some sizes, and what it takes at others. A smooth part, {@code a + b
 * elements + c MACs} with none of them negative, is fitted to what was measured; what is left of
 * it, as a factor, is interpolated by inverse distance (Shepard 1968), so that a size that was
 * measured takes what was measured.
 *
 * <p>Kernels work in blocks, and are chosen by whether a width of the data is a multiple of 4, 8 or
 * 16. So two widths are apart by how often one doubles to reach the other, and by how often more
 * one can be halved. Axes that weights alone have, such as windows, are apart by the first alone.
 */
final class SegmentTimes {
  private static final int FEATURES = 3;
  private static final int SWEEPS = 300;

  /** Widths are told apart up to multiples of two to the power of this. */
  private static final int MOST_HALVINGS = 4;

  /** The axis that can be halved least often decides which kernel it is: it counts again. */
  private static final int ALL_HALVINGS = 2;

  /** The distance below which two sizes are all but one, squared. */
  private static final double NEAR = 1e-3;

  private final List<Sample> samples;
  private final double[] smooth;
  private final double[] factors;

  /**
   * What was measured.
   *
   * @param sizes as {@link Segments#sizes} gives them
   * @param nanoseconds how long it took
   */
  @SuppressWarnings("ArrayRecordComponent") // samples are not compared
  record Sample(long[] sizes, double nanoseconds) {}

  /** A segment that was measured at least once. */
  SegmentTimes(List<Sample> samples) {
    this.samples = List.copyOf(samples);
    this.smooth = fit(this.samples);
    this.factors = new double[samples.size()];
    for (int i = 0; i < factors.length; i++) {
      double base = base(samples.get(i).sizes());
      factors[i] = base > 0 ? samples.get(i).nanoseconds() / base : 1;
    }
  }

  /** How long it takes, in nanoseconds. */
  double at(long[] sizes) {
    double weights = 0;
    double sum = 0;
    for (int i = 0; i < factors.length; i++) {
      double near = NEAR + squaredDistance(sizes, samples.get(i).sizes());
      double weight = 1 / (near * near);
      weights += weight;
      sum += weight * factors[i];
    }
    return base(sizes) * sum / weights;
  }

  private static double squaredDistance(long[] one, long[] other) {
    double sum = 0;
    int least = MOST_HALVINGS;
    int leastOfOther = MOST_HALVINGS;
    for (int i = Segments.FIRST_AXIS; i < one.length; i++) {
      if (one[i] != other[i]) {
        sum += square(Math.log((double) one[i] / other[i]) / Math.log(2));
      }
      if (i < Segments.FIRST_AXIS + one[Segments.WIDTHS]) {
        int halvings = halvings(one[i]);
        int ofOther = halvings(other[i]);
        sum += square(halvings - ofOther);
        least = Math.min(least, halvings);
        leastOfOther = Math.min(leastOfOther, ofOther);
      }
    }
    return sum + square(ALL_HALVINGS * (least - leastOfOther));
  }

  private static double square(double number) {
    return number * number;
  }

  private static int halvings(long width) {
    return Math.min(MOST_HALVINGS, Long.numberOfTrailingZeros(width));
  }

  private double base(long[] sizes) {
    return smooth[0] + smooth[1] * sizes[Segments.ELEMENTS] + smooth[2] * sizes[Segments.MACS];
  }

  /** Least squares of relative errors, none negative: one unknown after the other. */
  private static double[] fit(List<Sample> samples) {
    int count = samples.size();
    double mean = samples.stream().mapToDouble(Sample::nanoseconds).average().orElse(0);
    double[] found = new double[FEATURES];
    if (mean == 0) {
      return found;
    }
    double[][] rows = new double[count][];
    double[] left = new double[count];
    for (int i = 0; i < count; i++) {
      Sample sample = samples.get(i);
      double weight = 1 / (sample.nanoseconds() + mean);
      rows[i] =
          new double[] {
            weight,
            weight * sample.sizes()[Segments.ELEMENTS],
            weight * sample.sizes()[Segments.MACS]
          };
      left[i] = weight * sample.nanoseconds();
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int feature = FEATURES - 1; feature >= 0; feature--) {
        double square = 0;
        double product = 0;
        for (int i = 0; i < count; i++) {
          square += rows[i][feature] * rows[i][feature];
          product += rows[i][feature] * left[i];
        }
        if (square > 0) {
          double step = Math.max(-found[feature], product / square);
          found[feature] += step;
          for (int i = 0; i < count; i++) {
            left[i] -= step * rows[i][feature];
          }
        }
      }
    }
    return found;
  }
}
