package io.espalier.core.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTest {
  private static Moments of(double start) {
    Moments moments = new Moments(2, 1, 2);
    for (int g = 0; g < 2; g++) {
      for (int i = 0; i < 4; i++) {
        moments.gram(g)[i] = start + 10 * g + i;
      }
      moments.cross(g)[0] = start + g;
      moments.cross(g)[1] = 2 * start + g;
      moments.squares(g)[0] = 3 * start + g;
    }
    return moments;
  }

  @Test
  void sumsAreOverAllPartsAndLeaveThemAsTheyAre() {
    Moments one = of(1);
    Moments sum = Moments.sum(List.of(one, of(2)));
    assertArrayEquals(new double[] {3, 5, 7, 9}, sum.gram(0));
    assertArrayEquals(new double[] {23, 25, 27, 29}, sum.gram(1));
    assertArrayEquals(new double[] {5, 8}, sum.cross(1));
    assertArrayEquals(new double[] {11}, sum.squares(1));
    assertArrayEquals(new double[] {1, 2, 3, 4}, one.gram(0));
    assertEquals(9, sum.rows());
  }

  @Test
  void whatWasAddedCanBeTakenAway() {
    Moments sum = Moments.sum(List.of(of(1), of(2))).add(of(2), -1);
    for (int g = 0; g < 2; g++) {
      assertArrayEquals(of(1).gram(g), sum.gram(g));
      assertArrayEquals(of(1).cross(g), sum.cross(g));
      assertArrayEquals(of(1).squares(g), sum.squares(g));
    }
  }

  @Test
  void nothingHasNoSum() {
    assertThrows(IllegalArgumentException.class, () -> Moments.sum(List.of()));
  }

  /** Channels 2x + 1, one that is always 3, and -x; x is 1, 2, 3, 6. */
  private static ChannelMoments channels() {
    double[] x = {12, 12, 12};
    double[] xx = {50, 50, 50};
    return new ChannelMoments(
        4,
        x,
        new double[] {28, 12, -12},
        xx,
        new double[] {112, 36, -50},
        new double[] {252, 36, 50});
  }

  @Test
  void slopesAreThoseOfALine() {
    assertEquals(2, channels().slope(0), 1e-12);
    assertEquals(0, channels().slope(1), 1e-12);
    assertEquals(-1, channels().slope(2), 1e-12);
  }

  @Test
  void whatDoesNotChangeHasNoSlope() {
    ChannelMoments still =
        new ChannelMoments(
            4,
            new double[] {12},
            new double[] {5},
            new double[] {36},
            new double[] {15},
            new double[] {9});
    assertEquals(0, still.slope(0));
  }

  @Test
  void variancesAreAddedUpAndPartsJoin() {
    assertEquals(14 + 0 + 3.5, channels().variance(), 1e-12);
    ChannelMoments twice = channels().plus(channels());
    assertEquals(8, twice.rows());
    assertEquals(2, twice.slope(0), 1e-12);
    assertEquals(17.5, twice.variance(), 1e-12);
  }
}
