package io.espalier.core.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What networks take as a whole, by the sums of their segments. */
class WholeTimesTest {
  private static final double[] SUMS =
      IntStream.rangeClosed(1, 40).mapToDouble(i -> 0.2 + 0.02 * i).toArray();

  private static WholeTimes fitted(DoubleUnaryOperator truth) {
    return WholeTimes.of(SUMS, Arrays.stream(SUMS).map(truth).toArray());
  }

  @Test
  void sumsThatAreRightStay() {
    WholeTimes times = fitted(sum -> sum);
    for (double sum : new double[] {0.1, 0.3, 1, 1.5}) {
      assertEquals(sum, times.at(sum), 1e-9);
    }
    assertEquals(0, times.at(0));
  }

  @Test
  void smallNetworksThatAreQuickerAreToldSo() {
    WholeTimes times = fitted(sum -> Math.pow(sum, 1.3));
    for (double sum : SUMS) {
      assertEquals(Math.pow(sum, 1.3), times.at(sum), 0.05 * sum);
    }
  }

  @Test
  void beyondWhatWasTimedTheLastFactorHolds() {
    WholeTimes times = fitted(sum -> Math.pow(sum, 1.3));
    double least = SUMS[0];
    assertEquals(times.at(least) / least, times.at(least / 4) / (least / 4), 1e-9);
    assertTrue(times.at(least / 4) > Math.pow(least / 4, 1.3));
  }

  @Test
  void aNetworkThatIsSaidToTakeNothingTellsNothing() {
    double[] sums = SUMS.clone();
    sums[3] = 0;
    double[] measured = Arrays.stream(SUMS).map(sum -> Math.pow(sum, 1.3)).toArray();
    double all = fitted(sum -> Math.pow(sum, 1.3)).at(0.5);
    assertEquals(all, WholeTimes.of(sums, measured).at(0.5), 0.01);
  }

  @Test
  void fewNetworksTellNothing() {
    double[] few = Arrays.copyOf(SUMS, 7);
    WholeTimes times = WholeTimes.of(few, Arrays.stream(few).map(sum -> sum / 2).toArray());
    assertEquals(0.3, times.at(0.3));
  }
}
