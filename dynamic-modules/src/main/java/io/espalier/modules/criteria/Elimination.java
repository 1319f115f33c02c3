package io.espalier.modules.criteria;

import io.espalier.spi.Reading;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * One reader of a width without the units that are gone, repaired as well as it can be.
 *
 * <p>Where H is the inverse of the moments of what it still reads, removing rows B of its weight w
 * adds tr(w_B' H_BB^-1 w_B) to the squared error, and leaves w - H_:B H_BB^-1 w_B and H - H_:B
 * H_BB^-1 H_B: for the rest (block elimination of a least-squares problem).
 */
final class Elimination {
  /** Part of the mean square that is added to each square, so that dead units can be told. */
  private static final double RIDGE = 1e-4;

  /** The same for the 1, which stands on a scale of its own and may take over what it can. */
  private static final double TINY = 1e-9;

  private final int rows;
  private final int outputs;
  private final double[] inverse;
  private final double[] weight;
  private final double scale;
  private final int[][] units;
  private final boolean[] removed;

  Elimination(Reading reading) {
    this.rows = reading.extent() + 1;
    this.units = reading.units();
    this.removed = new boolean[rows];
    double count = reading.gram()[rows * rows - 1];
    this.scale = 1 / (Math.max(reading.variance(), Double.MIN_NORMAL) * Math.max(count, 1));
    this.inverse = inverse(reading.gram(), rows);
    boolean wide = reading.outputs() > rows;
    this.outputs = wide ? reading.extent() : reading.outputs();
    this.weight = Arrays.copyOf(wide ? narrowed(reading) : reading.weight(), rows * outputs);
  }

  private static double[] inverse(double[] moments, int rows) {
    double mean = 0;
    for (int i = 0; i < rows - 1; i++) {
      mean += moments[i * rows + i] / (rows - 1);
    }
    DMatrixRMaj gram = new DMatrixRMaj(rows, rows, true, moments);
    for (int i = 0; i < rows; i++) {
      double part = i < rows - 1 ? RIDGE * mean : TINY * gram.data[i * rows + i];
      gram.data[i * rows + i] += part + Double.MIN_NORMAL;
    }
    LinearSolverDense<DMatrixRMaj> solver = solver(gram);
    DMatrixRMaj inverse = new DMatrixRMaj(rows, rows);
    solver.invert(inverse);
    return inverse.data;
  }

  private static LinearSolverDense<DMatrixRMaj> solver(DMatrixRMaj symmetric) {
    LinearSolverDense<DMatrixRMaj> solver =
        LinearSolverFactory_DDRM.symmPosDef(symmetric.getNumRows());
    if (!solver.setA(symmetric)) {
      throw new ArithmeticException("second moments are not positive definite");
    }
    return solver;
  }

  /** A square root of the products of the weight's rows: it does as well, and has fewer columns. */
  private static double[] narrowed(Reading reading) {
    int extent = reading.extent();
    DMatrixRMaj w = DMatrixRMaj.wrap(extent, reading.outputs(), reading.weight());
    DMatrixRMaj products = new DMatrixRMaj(extent, extent);
    CommonOps_DDRM.multTransB(w, w, products);
    double mean = CommonOps_DDRM.trace(products) / extent;
    for (int i = 0; i < extent; i++) {
      products.data[i * extent + i] += 1e-10 * mean + Double.MIN_NORMAL;
    }
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(extent, true);
    if (!cholesky.decompose(products)) {
      throw new ArithmeticException("products of a weight are not positive definite");
    }
    return cholesky.getT(null).data;
  }

  /** By how much the relative error grows without a unit. */
  double cost(int unit) {
    int[] block = units[unit];
    if (block.length == 1) {
      int row = block[0];
      double square = 0;
      for (int o = 0; o < outputs; o++) {
        double value = weight[row * outputs + o];
        square += value * value;
      }
      return Math.max(0, scale * square / inverse[row * rows + row]);
    }
    DMatrixRMaj solved = solved(block);
    double sum = 0;
    for (int i = 0; i < block.length; i++) {
      for (int o = 0; o < outputs; o++) {
        sum += weight[block[i] * outputs + o] * solved.data[i * outputs + o];
      }
    }
    return Math.max(0, scale * sum);
  }

  /** H_BB^-1 w_B. */
  private DMatrixRMaj solved(int[] block) {
    return solve(block, weight, outputs);
  }

  private DMatrixRMaj solve(int[] block, double[] right, int columns) {
    DMatrixRMaj part = new DMatrixRMaj(block.length, block.length);
    DMatrixRMaj picked = new DMatrixRMaj(block.length, columns);
    for (int i = 0; i < block.length; i++) {
      for (int j = 0; j < block.length; j++) {
        part.data[i * block.length + j] = inverse[block[i] * rows + block[j]];
      }
      System.arraycopy(right, block[i] * columns, picked.data, i * columns, columns);
    }
    DMatrixRMaj result = new DMatrixRMaj(block.length, columns);
    solver(part).solve(picked, result);
    return result;
  }

  /** Takes a unit away, and repairs the rest. */
  void remove(int unit) {
    int[] block = units[unit];
    DMatrixRMaj w = solved(block);
    DMatrixRMaj h = solve(block, inverse, rows);
    for (int row : block) {
      removed[row] = true;
    }
    double[] factors = new double[block.length];
    for (int i = 0; i < rows; i++) {
      if (removed[i]) {
        continue;
      }
      for (int b = 0; b < block.length; b++) {
        factors[b] = inverse[i * rows + block[b]];
      }
      for (int b = 0; b < block.length; b++) {
        subtract(inverse, i * rows, factors[b], h.data, b * rows, rows);
        subtract(weight, i * outputs, factors[b], w.data, b * outputs, outputs);
      }
    }
  }

  private static void subtract(
      double[] to, int at, double factor, double[] from, int start, int count) {
    if (factor != 0) {
      for (int j = 0; j < count; j++) {
        to[at + j] -= factor * from[start + j];
      }
    }
  }
}
