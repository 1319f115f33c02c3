package io.espalier.core.latency;

import java.util.List;

/**
 * What a segment took at some sizes, and what it takes at others. A smooth part, {@link
 * SmoothTimes}, is fitted to what was measured; what is left of it, as a factor, is interpolated by
 * inverse distance (Shepard 1968) and drawn towards 1, since what was measured is noisy.
 *
 * <p>Kernels are chosen by whether all widths of the data are multiples of 4: a convolution by
 * channels takes six times as long where they are not. So each of the two has a smooth part of its
 * own, held to the one of both where few sizes were measured. Kernels work in blocks of 8 or 16,
 * too: two widths are apart by how often one doubles to reach the other, and by how often more one
 * can be halved. Axes that weights alone have, such as windows, are apart by the first alone.
 */
final class SegmentTimes {
  /** Widths that kernels take are multiples of it. */
  private static final int ALIGNED = 4;

  /** Widths are told apart up to multiples of two to the power of this. */
  private static final int MOST_HALVINGS = 3;

  /** What a halving more counts as, as a part of a doubling. */
  private static final double HALVING = 0.5;

  /** Measurements within about this distance, squared, are averaged. */
  private static final double NEAR = 0.3;

  private final List<Sample> samples;
  private final SmoothTimes aligned;
  private final SmoothTimes others;
  private final double[] factors;

  /**
   * What was measured.
   *
   * @param sizes as {@link Segments#sizes} gives them
   * @param nanoseconds how long it took
   */
  @SuppressWarnings("ArrayRecordComponent") // samples are not compared
  record Sample(long[] sizes, double nanoseconds) {
    boolean isAligned() {
      return SegmentTimes.isAligned(sizes);
    }
  }

  /** A segment that was measured at least once. */
  SegmentTimes(List<Sample> samples) {
    this.samples = List.copyOf(samples);
    SmoothTimes all = SmoothTimes.of(this.samples);
    this.aligned = all.fitted(samples.stream().filter(Sample::isAligned).toList());
    this.others = all.fitted(samples.stream().filter(sample -> !sample.isAligned()).toList());
    this.factors = new double[samples.size()];
    for (int i = 0; i < factors.length; i++) {
      double base = smooth(samples.get(i).sizes());
      factors[i] = base > 0 ? samples.get(i).nanoseconds() / base : 1;
    }
  }

  /** How long it takes, in nanoseconds. */
  double at(long[] sizes) {
    return interpolated(sizes, -1);
  }

  /** What would be said of one of the samples if only the others were interpolated. */
  double withoutItself(int sample) {
    return interpolated(samples.get(sample).sizes(), sample);
  }

  private double interpolated(long[] sizes, int except) {
    boolean alike = isAligned(sizes);
    double weights = 1;
    double sum = 1;
    for (int i = 0; i < factors.length; i++) {
      Sample sample = samples.get(i);
      if (i != except && sample.isAligned() == alike) {
        double near = NEAR + squaredDistance(sizes, sample.sizes());
        double weight = 1 / (near * near);
        weights += weight;
        sum += weight * factors[i];
      }
    }
    return smooth(sizes) * sum / weights;
  }

  private double smooth(long[] sizes) {
    return (isAligned(sizes) ? aligned : others).at(sizes);
  }

  private static boolean isAligned(long[] sizes) {
    for (int i = 0; i < sizes[Segments.WIDTHS]; i++) {
      if (sizes[Segments.FIRST_AXIS + i] % ALIGNED != 0) {
        return false;
      }
    }
    return true;
  }

  private static double squaredDistance(long[] one, long[] other) {
    double sum = 0;
    for (int i = Segments.FIRST_AXIS; i < one.length; i++) {
      if (one[i] != other[i]) {
        sum += square(Math.log((double) one[i] / other[i]) / Math.log(2));
      }
      if (i < Segments.FIRST_AXIS + one[Segments.WIDTHS]) {
        sum += square(HALVING * (halvings(one[i]) - halvings(other[i])));
      }
    }
    return sum;
  }

  private static double square(double number) {
    return number * number;
  }

  private static int halvings(long width) {
    return Math.min(MOST_HALVINGS, Long.numberOfTrailingZeros(width));
  }
}
