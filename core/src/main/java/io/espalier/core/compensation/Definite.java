package io.espalier.core.compensation;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Dense algebra on symmetric positive definite matrices, by rows: a row is an array of its own, and
 * four rows go into one pass over another, so that the compiler can use vector instructions.
 */
final class Definite {
  private static final int BLOCK = 32;

  /** So many rows are worth several processors. */
  private static final int MANY = 400;

  /** So many columns are solved for together. */
  private static final int PART = 64;

  private Definite() {}

  /**
   * Replaces the upper triangle of a matrix A by U with U'U = A; what is below is left as it is.
   *
   * @return whether A is positive definite
   */
  static boolean factor(double[][] a) {
    int n = a.length;
    for (int start = 0; start < n; start += BLOCK) {
      int end = Math.min(n, start + BLOCK);
      for (int k = start; k < end; k++) {
        double[] row = a[k];
        if (!(row[k] > 0) || row[k] == Double.POSITIVE_INFINITY) {
          return false;
        }
        double scale = 1 / Math.sqrt(row[k]);
        for (int j = k; j < n; j++) {
          row[j] *= scale;
        }
        for (int i = k + 1; i < end; i++) {
          subtract(a[i], row[i], row, i, n);
        }
      }
      int from = start;
      rows(end, n).forEach(i -> subtractRows(a, from, end, i));
    }
    return true;
  }

  /** Rows that do not depend on one another, on several processors where that pays. */
  private static IntStream rows(int from, int to) {
    IntStream rows = IntStream.range(from, to);
    return to - from < MANY ? rows : rows.parallel();
  }

  private static void subtractRows(double[][] a, int start, int end, int i) {
    int k = start;
    for (; k + 4 <= end; k += 4) {
      double[] p = a[k];
      double[] q = a[k + 1];
      double[] r = a[k + 2];
      double[] s = a[k + 3];
      subtract(a[i], p[i], p, q[i], q, r[i], r, s[i], s, i, a.length);
    }
    for (; k < end; k++) {
      subtract(a[i], a[k][i], a[k], i, a.length);
    }
  }

  /**
   * Replaces B [n, m] by the solution X of U'U X = B.
   *
   * @param u the result of {@link #factor}
   */
  static void solve(double[][] u, double[][] b) {
    int m = b.length == 0 ? 0 : b[0].length;
    IntStream parts = IntStream.range(0, (m + PART - 1) / PART);
    (u.length < MANY ? parts : parts.parallel())
        .forEach(part -> solve(u, b, part * PART, Math.min(m, (part + 1) * PART)));
  }

  /** Solves for some columns. */
  private static void solve(double[][] u, double[][] b, int from, int to) {
    int n = u.length;
    for (int i = 0; i < n; i++) {
      int k = 0;
      for (; k + 4 <= i; k += 4) {
        subtract(
            b[i],
            u[k][i],
            b[k],
            u[k + 1][i],
            b[k + 1],
            u[k + 2][i],
            b[k + 2],
            u[k + 3][i],
            b[k + 3],
            from,
            to);
      }
      for (; k < i; k++) {
        subtract(b[i], u[k][i], b[k], from, to);
      }
      divide(b[i], u[i][i], from, to);
    }
    for (int i = n - 1; i >= 0; i--) {
      double[] row = u[i];
      int k = i + 1;
      for (; k + 4 <= n; k += 4) {
        subtract(
            b[i],
            row[k],
            b[k],
            row[k + 1],
            b[k + 1],
            row[k + 2],
            b[k + 2],
            row[k + 3],
            b[k + 3],
            from,
            to);
      }
      for (; k < n; k++) {
        subtract(b[i], row[k], b[k], from, to);
      }
      divide(b[i], row[i], from, to);
    }
  }

  /** A B. */
  static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[a.length][];
    rows(0, a.length).forEach(i -> product[i] = product(a[i], b));
    return product;
  }

  private static double[] product(double[] row, double[][] b) {
    double[] product = new double[b[0].length];
    int k = 0;
    for (; k + 4 <= row.length; k += 4) {
      subtract(
          product,
          -row[k],
          b[k],
          -row[k + 1],
          b[k + 1],
          -row[k + 2],
          b[k + 2],
          -row[k + 3],
          b[k + 3],
          0,
          product.length);
    }
    for (; k < row.length; k++) {
      subtract(product, -row[k], b[k], 0, product.length);
    }
    return product;
  }

  /**
   * The sum over all elements of D' A D - 2 D' C, which stand in the same places: by how much the
   * square of what is missing grows with a change D.
   */
  static double growth(double[][] a, double[][] c, double[][] d) {
    double[] growth = new double[a.length];
    rows(0, a.length).forEach(i -> growth[i] = growth(a[i], c[i], d, d[i]));
    return Arrays.stream(growth).reduce(0, Double::sum);
  }

  private static double growth(double[] row, double[] c, double[][] d, double[] own) {
    double[] product = product(row, d);
    double growth = 0;
    for (int j = 0; j < own.length; j++) {
      growth += own[j] * (product[j] - 2 * c[j]);
    }
    return growth;
  }

  private static void divide(double[] row, double by, int from, int to) {
    for (int j = from; j < to; j++) {
      row[j] /= by;
    }
  }

  private static void subtract(double[] row, double a, double[] p, int from, int to) {
    for (int j = from; j < to; j++) {
      row[j] -= a * p[j];
    }
  }

  private static void subtract(
      double[] row,
      double a,
      double[] p,
      double b,
      double[] q,
      double c,
      double[] r,
      double d,
      double[] s,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      row[j] -= a * p[j] + b * q[j] + c * r[j] + d * s[j];
    }
  }
}
