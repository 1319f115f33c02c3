package io.espalier.core.rotation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Other units for what stands between two linear maps. */
class BasisTest {
  private static final int UNITS = 6;
  private static final int ROWS = 200;

  private static double[][] random(Random random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      Arrays.setAll(row, j -> random.nextGaussian());
    }
    return matrix;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] transposed(double[][] a) {
    double[][] transposed = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        transposed[j][i] = a[i][j];
      }
    }
    return transposed;
  }

  private static double[][] first(double[][] a, int columns) {
    return Arrays.stream(a).map(row -> Arrays.copyOf(row, columns)).toArray(double[][]::new);
  }

  private static double square(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        sum += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
      }
    }
    return sum;
  }

  @Test
  void theProductStaysAndEachUnitHoldsAsMuchOfItAsIsSaid() {
    Random random = new Random(1);
    double[][] x = product(random(random, ROWS, UNITS), random(random, UNITS, UNITS));
    double[][] y = product(random(random, ROWS, UNITS), random(random, UNITS, UNITS));
    Basis basis = Basis.of(product(transposed(x), x), product(transposed(y), y));
    double[][] mixed = product(x, basis.to());
    double[][] other = product(y, transposed(basis.back()));
    double[][] whole = product(x, transposed(y));
    double all = square(whole, new double[ROWS][ROWS]);
    assertEquals(0, square(product(mixed, transposed(other)), whole) / all, 1e-18);
    double gone = 0;
    for (int kept = UNITS - 1; kept > 0; kept--) {
      gone += basis.squares()[kept];
      double[][] fewer = product(first(mixed, kept), transposed(first(other, kept)));
      assertEquals(gone, square(fewer, whole), 1e-9 * all);
    }
    for (int i = 1; i < UNITS; i++) {
      assertTrue(basis.squares()[i] <= basis.squares()[i - 1]);
    }
  }

  @Test
  void whatHasFewDirectionsIsHeldByAsManyUnits() {
    Random random = new Random(2);
    double[][] x = product(random(random, ROWS, 2), random(random, 2, UNITS));
    double[][] y = random(random, ROWS, UNITS);
    Basis basis = Basis.of(product(transposed(x), x), product(transposed(y), y));
    double all = Arrays.stream(basis.squares()).sum();
    assertTrue(basis.squares()[2] < 1e-4 * all, () -> Arrays.toString(basis.squares()));
    double[][] one = product(basis.to(), basis.back());
    for (int i = 0; i < UNITS; i++) {
      for (int j = 0; j < UNITS; j++) {
        assertEquals(i == j ? 1 : 0, one[i][j], 1e-9);
      }
    }
  }

  @Test
  void whereNothingIsToBeSeenUnitsStayWhatTheyAre() {
    double[][] none = new double[3][3];
    double[][] some = {{2, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (Basis basis : new Basis[] {Basis.of(none, some), Basis.of(some, none)}) {
      assertArrayEquals(new double[] {0, 1, 0}, basis.to()[1]);
      assertArrayEquals(new double[] {0, 1, 0}, basis.back()[1]);
      assertArrayEquals(new double[3], basis.squares());
    }
  }
}
