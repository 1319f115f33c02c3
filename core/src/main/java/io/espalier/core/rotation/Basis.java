package io.espalier.core.rotation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Other units for what stands between two linear maps, x and y whose product x y' counts: x B and y
 * C' with B C = 1 have the same product. They are chosen so that the first k of them have the best
 * product of k units, by the second moments of x and of y.
 *
 * @param to B, [n, n]
 * @param back C, [n, n]
 * @param squares what each unit adds to the square of the product, descending
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
record Basis(double[][] to, double[][] back, double[] squares) {
  /** Directions that hold less than this part of the largest square count as if they held it. */
  private static final double LEAST = 1e-6;

  /**
   * The best units.
   *
   * @param x second moments of x, [n, n]
   * @param y second moments of y, [n, n]
   */
  static Basis of(double[][] x, double[][] y) {
    int n = x.length;
    Symmetric first = Symmetric.of(new DMatrixRMaj(x));
    if (!(first.values[0] > 0)) {
      return same(n);
    }
    DMatrixRMaj root = first.power(0.5);
    DMatrixRMaj inverse = first.power(-0.5);
    DMatrixRMaj half = new DMatrixRMaj(n, n);
    DMatrixRMaj middle = new DMatrixRMaj(n, n);
    CommonOps_DDRM.mult(root, new DMatrixRMaj(y), half);
    CommonOps_DDRM.mult(half, root, middle);
    Symmetric second = Symmetric.of(middle);
    if (!(second.values[0] > 0)) {
      return same(n);
    }
    double[] scales = new double[n];
    Arrays.setAll(
        scales, i -> Math.pow(Math.max(second.values[i], LEAST * second.values[0]), 0.25));
    DMatrixRMaj to = new DMatrixRMaj(n, n);
    CommonOps_DDRM.mult(inverse, second.vectors, to);
    DMatrixRMaj back = new DMatrixRMaj(n, n);
    CommonOps_DDRM.multTransA(second.vectors, root, back);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        to.data[i * n + j] *= scales[j];
        back.data[i * n + j] /= scales[i];
      }
    }
    double[] squares = Arrays.stream(second.values).map(value -> Math.max(0, value)).toArray();
    return new Basis(rows(to), rows(back), squares);
  }

  private static Basis same(int n) {
    double[][] one = rows(CommonOps_DDRM.identity(n));
    return new Basis(one, one, new double[n]);
  }

  private static double[][] rows(DMatrixRMaj matrix) {
    double[][] rows = new double[matrix.numRows][];
    Arrays.setAll(
        rows, i -> Arrays.copyOfRange(matrix.data, i * matrix.numCols, (i + 1) * matrix.numCols));
    return rows;
  }

  /**
   * A symmetric matrix, taken apart.
   *
   * @param values its eigenvalues, descending
   * @param vectors its eigenvectors, as columns
   */
  private record Symmetric(double[] values, DMatrixRMaj vectors) {
    static Symmetric of(DMatrixRMaj matrix) {
      int n = matrix.numRows;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          double mean = (matrix.data[i * n + j] + matrix.data[j * n + i]) / 2;
          matrix.data[i * n + j] = mean;
          matrix.data[j * n + i] = mean;
        }
      }
      EigenDecomposition_F64<DMatrixRMaj> parts = DecompositionFactory_DDRM.eig(n, true, true);
      if (!parts.decompose(matrix)) {
        throw new ArithmeticException("second moments have no eigenvalues");
      }
      int[] order =
          IntStream.range(0, n)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -parts.getEigenvalue(i).getReal()))
              .mapToInt(Integer::intValue)
              .toArray();
      double[] values = new double[n];
      DMatrixRMaj vectors = new DMatrixRMaj(n, n);
      for (int j = 0; j < n; j++) {
        values[j] = parts.getEigenvalue(order[j]).getReal();
        DMatrixRMaj vector = parts.getEigenVector(order[j]);
        for (int i = 0; i < n; i++) {
          vectors.data[i * n + j] = vector.data[i];
        }
      }
      return new Symmetric(values, vectors);
    }

    /** The matrix to a power; what is hardly there is taken to be a little. */
    DMatrixRMaj power(double exponent) {
      int n = values.length;
      DMatrixRMaj scaled = vectors.copy();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          scaled.data[i * n + j] *= Math.pow(Math.max(values[j], LEAST * values[0]), exponent);
        }
      }
      DMatrixRMaj power = new DMatrixRMaj(n, n);
      CommonOps_DDRM.multTransB(scaled, vectors, power);
      return power;
    }
  }
}
