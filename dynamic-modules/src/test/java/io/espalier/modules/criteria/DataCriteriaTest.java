package io.espalier.modules.criteria;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.Ranking;
import io.espalier.spi.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Criteria that rank by data, against least squares solved by themselves. */
class DataCriteriaTest {
  /** What is added to the squares, as a part of their mean. */
  private static final double RIDGE = 1e-4;

  private final ReconstructionCriterion reconstruction = new ReconstructionCriterion();
  private final ActivationCriterion activation = new ActivationCriterion();

  /** Rows of data, [rows, n]. */
  private static double[][] data(int rows, int n, long seed) {
    Random random = new Random(seed);
    double[][] x = new double[rows][n];
    for (double[] row : x) {
      double common = random.nextGaussian();
      for (int i = 0; i < n; i++) {
        row[i] = random.nextGaussian() * (1 + i % 3) + 0.5 * common + 0.3 * i;
      }
    }
    return x;
  }

  private static double[] weight(int n, int outputs, long seed) {
    return new Random(seed).doubles((long) n * outputs, -1, 1).toArray();
  }

  private static int[][] single(int n) {
    int[][] units = new int[n][];
    Arrays.setAll(units, i -> new int[] {i});
    return units;
  }

  private static Reading reading(double[][] x, int[][] units, double[] weight, double variance) {
    int n = x[0].length;
    double[] gram = new double[(n + 1) * (n + 1)];
    for (double[] row : x) {
      double[] with = Arrays.copyOf(row, n + 1);
      with[n] = 1;
      for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= n; j++) {
          gram[i * (n + 1) + j] += with[i] * with[j];
        }
      }
    }
    return new Reading(n, units, gram, weight, weight.length / n, variance);
  }

  /** The least penalised error without some elements, all others solved anew, shift included. */
  private static double least(Reading reading, Set<Integer> gone) {
    int rows = reading.extent() + 1;
    int outputs = reading.outputs();
    double mean = 0;
    for (int i = 0; i < reading.extent(); i++) {
      mean += reading.gram()[i * rows + i] / reading.extent();
    }
    DMatrixRMaj g = DMatrixRMaj.wrap(rows, rows, reading.gram().clone());
    for (int i = 0; i < rows - 1; i++) {
      g.set(i, i, g.get(i, i) + RIDGE * mean);
    }
    DMatrixRMaj w = new DMatrixRMaj(rows, outputs);
    for (int i = 0; i < reading.extent() * outputs; i++) {
      w.set(i / outputs, i % outputs, reading.weight()[i]);
    }
    int[] kept = java.util.stream.IntStream.range(0, rows).filter(i -> !gone.contains(i)).toArray();
    DMatrixRMaj part = new DMatrixRMaj(kept.length, kept.length);
    DMatrixRMaj right = new DMatrixRMaj(kept.length, outputs);
    DMatrixRMaj all = new DMatrixRMaj(rows, outputs);
    CommonOps_DDRM.mult(g, w, all);
    for (int i = 0; i < kept.length; i++) {
      for (int j = 0; j < kept.length; j++) {
        part.set(i, j, g.get(kept[i], kept[j]));
      }
      for (int o = 0; o < outputs; o++) {
        right.set(i, o, all.get(kept[i], o));
      }
    }
    double whole = inner(w, all);
    DMatrixRMaj solution = new DMatrixRMaj(kept.length, outputs);
    assertTrue(CommonOps_DDRM.solve(part, right, solution));
    double explained = inner(right, solution);
    double count = reading.gram()[rows * rows - 1];
    return (whole - explained) / (count * reading.variance());
  }

  private static double inner(DMatrixRMaj a, DMatrixRMaj b) {
    double sum = 0;
    for (int i = 0; i < a.data.length; i++) {
      sum += a.data[i] * b.data[i];
    }
    return sum;
  }

  private static double least(List<Reading> readings, int[] order, int kept) {
    double sum = 0;
    for (Reading reading : readings) {
      Set<Integer> gone = new HashSet<>();
      for (int i = kept; i < order.length; i++) {
        Arrays.stream(reading.units()[order[i]]).forEach(gone::add);
      }
      sum += least(reading, gone);
    }
    return sum;
  }

  /** Every step takes the unit that is missed least, and counts what is missed from then on. */
  private void check(List<Reading> readings) {
    Ranking ranking = reconstruction.rank(readings);
    int units = readings.get(0).units().length;
    assertArrayEquals(
        java.util.stream.IntStream.range(0, units).toArray(),
        Arrays.stream(ranking.order()).sorted().toArray(),
        "all units are ranked once");
    assertEquals(units + 1, ranking.errors().length);
    assertEquals(0, ranking.errors()[units]);
    for (int kept = units - 1; kept >= 0; kept--) {
      double error = ranking.errors()[kept];
      assertTrue(error >= ranking.errors()[kept + 1], "errors do not fall");
      assertEquals(least(readings, ranking.order(), kept), error, 1e-8 + 1e-6 * error);
      for (int other = 0; other < kept; other++) {
        int[] swapped = ranking.order().clone();
        swapped[kept] = ranking.order()[other];
        swapped[other] = ranking.order()[kept];
        assertTrue(
            least(readings, swapped, kept) >= error * (1 - 1e-6) - 1e-8,
            "another unit would have been missed less");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyStepIsTheBestAndItsErrorIsThatOfLeastSquares(long seed) {
    check(List.of(reading(data(200, 7, seed), single(7), weight(7, 4, seed), 2.5)));
  }

  @Test
  void unitsOfSeveralElementsGoTogether() {
    int[][] units = {{0, 4}, {1, 5, 8}, {2, 6}, {3, 7}};
    // element 9 belongs to no unit, and stays
    check(List.of(reading(data(200, 10, 4), units, weight(10, 3, 4), 1)));
  }

  @Test
  void readersAreAddedUp() {
    check(
        List.of(
            reading(data(150, 5, 5), single(5), weight(5, 3, 5), 1),
            reading(data(90, 6, 6), new int[][] {{5}, {4}, {3}, {1}, {0}}, weight(6, 2, 6), 4)));
  }

  @Test
  void moreOutputsThanElementsAreTheSame() {
    double[][] x = data(120, 5, 7);
    List<Reading> wide = List.of(reading(x, single(5), weight(5, 40, 7), 3));
    check(wide);
  }

  @Test
  void deadUnitsGoFirstAndCostNothing() {
    double[][] x = data(100, 6, 8);
    for (double[] row : x) {
      row[2] = 0;
      row[4] = 0;
    }
    Ranking ranking = reconstruction.rank(List.of(reading(x, single(6), weight(6, 3, 8), 1)));
    assertEquals(
        Set.of(2, 4), Set.of(ranking.order()[5], ranking.order()[4]), "dead units go first");
    assertTrue(ranking.errors()[4] < 1e-3, () -> Arrays.toString(ranking.errors()));
  }

  @Test
  void constantUnitsAreTakenOverByTheShift() {
    double[][] x = data(100, 6, 9);
    for (double[] row : x) {
      row[3] = 5;
    }
    Ranking ranking = reconstruction.rank(List.of(reading(x, single(6), weight(6, 3, 9), 1)));
    assertEquals(3, ranking.order()[5]);
    assertTrue(
        ranking.errors()[5] < 1e-4 * ranking.errors()[0], () -> Arrays.toString(ranking.errors()));
  }

  @Test
  void oneOfTwoThatAreAlikeIsNotMissedAndTheOtherIs() {
    double[][] x = data(200, 6, 10);
    for (double[] row : x) {
      row[5] = row[1];
    }
    double[] weight = weight(6, 3, 10);
    Arrays.setAll(weight, i -> weight[i] + Math.signum(weight[i]));
    Ranking ranking = reconstruction.rank(List.of(reading(x, single(6), weight, 1)));
    assertTrue(Set.of(1, 5).contains(ranking.order()[5]), Arrays.toString(ranking.order()));
    assertTrue(
        ranking.errors()[5] < 1e-4 * ranking.errors()[0], () -> Arrays.toString(ranking.errors()));
    assertTrue(ranking.errors()[4] > 0.1, () -> Arrays.toString(ranking.errors()));
  }

  @Test
  void unitsOfMeasurementDoNotMatter() {
    double[][] x = data(100, 6, 14);
    for (double[] row : x) {
      row[3] = 5;
    }
    double[] weight = weight(6, 3, 14);
    Ranking plain = reconstruction.rank(List.of(reading(x, single(6), weight, 1)));
    for (double[] row : x) {
      Arrays.setAll(row, i -> row[i] * 1000);
    }
    Arrays.setAll(weight, i -> weight[i] / 1000);
    Ranking scaled = reconstruction.rank(List.of(reading(x, single(6), weight, 1)));
    assertArrayEquals(plain.order(), scaled.order());
    assertArrayEquals(plain.errors(), scaled.errors(), 1e-6 * plain.errors()[0]);
  }

  @Test
  void ofEqualUnitsTheLastGoesFirst() {
    double[][] x = new double[50][4];
    Reading nothing = reading(x, single(4), new double[8], 1);
    assertArrayEquals(new int[] {0, 1, 2, 3}, reconstruction.rank(List.of(nothing)).order());
    assertArrayEquals(new double[5], reconstruction.rank(List.of(nothing)).errors());
  }

  @Test
  void aUnitWithoutElementsCostsNothing() {
    int[][] units = {{0}, {}, {1, 2}};
    Ranking ranking =
        reconstruction.rank(List.of(reading(data(60, 3, 11), units, weight(3, 2, 11), 1)));
    assertEquals(1, ranking.order()[2]);
    assertEquals(0, ranking.errors()[2]);
  }

  @Test
  void theSameDataGiveTheSameRankingAndStayAsTheyAre() {
    Reading reading = reading(data(80, 6, 12), single(6), weight(6, 20, 12), 1);
    double[] gram = reading.gram().clone();
    double[] weight = reading.weight().clone();
    Ranking first = reconstruction.rank(List.of(reading));
    Ranking second = reconstruction.rank(List.of(reading));
    assertArrayEquals(first.order(), second.order());
    assertArrayEquals(first.errors(), second.errors());
    activation.rank(List.of(reading));
    assertArrayEquals(gram, reading.gram());
    assertArrayEquals(weight, reading.weight());
  }

  @Test
  void activationsCountByTheirSquareAndThatOfTheirWeights() {
    double[][] x = data(70, 5, 13);
    double[] weight = weight(5, 3, 13);
    int[][] units = {{0, 3}, {1}, {2, 4}};
    double[] worth = new double[3];
    for (int unit = 0; unit < 3; unit++) {
      for (int i : units[unit]) {
        for (double[] row : x) {
          for (int o = 0; o < 3; o++) {
            worth[unit] += Math.pow(row[i] * weight[i * 3 + o], 2) / 70 / 2.5;
          }
        }
      }
    }
    Ranking ranking = activation.rank(List.of(reading(x, units, weight, 2.5)));
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
    order.sort((a, b) -> Double.compare(worth[b], worth[a]));
    assertArrayEquals(order.stream().mapToInt(i -> i).toArray(), ranking.order());
    double error = 0;
    for (int kept = 3; kept >= 0; kept--) {
      assertEquals(error, ranking.errors()[kept], 1e-9);
      error += kept > 0 ? worth[ranking.order()[kept - 1]] : 0;
    }
  }
}
