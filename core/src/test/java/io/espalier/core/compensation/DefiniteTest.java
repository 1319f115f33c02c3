package io.espalier.core.compensation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefiniteTest {
  private static double[][] random(Random random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return matrix;
  }

  /** A'A of a random matrix that is higher than wide. */
  private static double[][] definite(Random random, int n) {
    double[][] a = random(random, n + 5, n);
    double[][] square = new double[n][n];
    for (double[] row : a) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          square[i][j] += row[i] * row[j];
        }
      }
    }
    return square;
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

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 31, 32, 33, 71})
  void solvesWhatIsDefinite(int n) {
    Random random = new Random(n);
    double[][] a = definite(random, n);
    double[][] x = random(random, n, 3);
    double[][] b = product(a, x);
    assertEquals(
        growth(a, b, x), Definite.growth(a, b, x), 1e-9 * Math.abs(growth(a, b, x)), "growth");
    assertTrue(Definite.factor(a));
    Definite.solve(a, b);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 3; j++) {
        assertEquals(x[i][j], b[i][j], 1e-6);
      }
    }
  }

  private static double growth(double[][] a, double[][] c, double[][] d) {
    double[][] product = product(a, d);
    double growth = 0;
    for (int i = 0; i < d.length; i++) {
      for (int j = 0; j < d[i].length; j++) {
        growth += d[i][j] * (product[i][j] - 2 * c[i][j]);
      }
    }
    return growth;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNot(double last) {
    assertFalse(Definite.factor(new double[][] {{1, 0}, {0, last}}));
  }
}
