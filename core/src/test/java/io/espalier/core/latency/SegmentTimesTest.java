package io.espalier.core.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentTimesTest {
  private static final int ELEMENTS = 100;

  /** What a product of two widths takes. */
  private static SegmentTimes.Sample sample(long in, long out, double nanoseconds) {
    return new SegmentTimes.Sample(sizes(in, out), nanoseconds);
  }

  private static long[] sizes(long in, long out) {
    return new long[] {in * out, ELEMENTS * (in + out), 2, in, out};
  }

  /** Kernels of blocks of 8, for widths that are multiples of 4; others are three times slower. */
  private static double blocks(long in, long out) {
    if (in % 4 != 0 || out % 4 != 0) {
      return 2000 + 0.6 * in * out;
    }
    return 1000 + 0.2 * (in + 7) / 8 * 8 * ((out + 7) / 8 * 8);
  }

  /** Measurements are noisy, so that those near by count a little, too. */
  @Test
  void whatWasMeasuredIsPredicted() {
    SegmentTimes times =
        new SegmentTimes(List.of(sample(64, 64, 5000), sample(32, 64, 3000), sample(33, 64, 6000)));
    assertEquals(5000, times.at(sizes(64, 64)), 0.02 * 5000);
    assertEquals(3000, times.at(sizes(32, 64)), 0.02 * 3000);
    assertEquals(6000, times.at(sizes(33, 64)), 0.02 * 6000);
  }

  @Test
  void ofTwoMeasurementsOfOneSizeTheMeanIsPredicted() {
    SegmentTimes times = new SegmentTimes(List.of(sample(64, 64, 5000), sample(64, 64, 7000)));
    assertEquals(6000, times.at(sizes(64, 64)), 200);
  }

  @Test
  void whatIsProportionalStaysSoFarAway() {
    SegmentTimes times =
        new SegmentTimes(List.of(sample(64, 64, 500 + 4096), sample(64, 32, 500 + 2048)));
    assertEquals(500 + 512, times.at(sizes(16, 32)), 120);
  }

  @Test
  void oneMeasurementIsEnough() {
    SegmentTimes times = new SegmentTimes(List.of(sample(64, 64, 5000)));
    assertEquals(5000, times.at(sizes(64, 64)), 1);
  }

  @Test
  void whatTakesNothingIsPredictedToTakeNothing() {
    SegmentTimes times = new SegmentTimes(List.of(sample(64, 64, 0), sample(32, 64, 0)));
    assertEquals(0, times.at(sizes(48, 64)));
  }

  @Test
  void widthsThatKernelsLikeAreToldFromOthers() {
    Random random = new Random(1);
    int[] steps = {16, 8, 4, 1};
    List<SegmentTimes.Sample> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      long in = (1 + random.nextInt(256 / steps[i % 4])) * (long) steps[i % 4];
      long out = (1 + random.nextInt(256 / steps[i % 4])) * (long) steps[i % 4];
      samples.add(sample(in, out, blocks(in, out)));
    }
    SegmentTimes times = new SegmentTimes(samples);
    for (long width : new long[] {48, 96, 120, 160, 200}) {
      assertEquals(1, times.at(sizes(width, 128)) / blocks(width, 128), 0.05, width + "");
      assertEquals(1, times.at(sizes(width + 1, 128)) / blocks(width + 1, 128), 0.05, width + "");
    }
  }
}
