package io.espalier.modules.criteria;

import io.espalier.spi.Reading;
import java.util.Arrays;
import java.util.stream.IntStream;
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

  /** Rows that are gone are squeezed out once they are this part of those that stand. */
  private static final double SQUEEZED = 0.25;

  /** So many rows are worth several processors. */
  private static final int MANY = 400;

  private final int outputs;
  private final double scale;
  private final int[][] units;

  /** Where a row of the weight stands among those that are left; -1 where it is gone. */
  private final int[] places;

  /** H; rows and columns of those that are gone stand there until they are squeezed out. */
  private double[][] inverse;

  private double[][] weight;
  private double[] squares;

  Elimination(Reading reading) {
    int rows = reading.extent() + 1;
    this.units = reading.units();
    this.places = new int[rows];
    Arrays.setAll(places, i -> i);
    double count = reading.gram()[rows * rows - 1];
    this.scale = 1 / (Math.max(reading.variance(), Double.MIN_NORMAL) * Math.max(count, 1));
    this.inverse = rows(inverse(reading.gram(), rows), rows, rows);
    boolean wide = reading.outputs() > rows;
    this.outputs = wide ? reading.extent() : reading.outputs();
    this.weight = rows(wide ? narrowed(reading) : reading.weight(), rows, outputs);
    this.squares = new double[rows];
    Arrays.setAll(squares, row -> square(weight[row]));
  }

  /** The rows of a matrix; those that it does not have are zero. */
  private static double[][] rows(double[] matrix, int rows, int columns) {
    double[] all = Arrays.copyOf(matrix, rows * columns);
    double[][] parts = new double[rows][];
    Arrays.setAll(parts, i -> Arrays.copyOfRange(all, i * columns, (i + 1) * columns));
    return parts;
  }

  private static double square(double[] row) {
    double square = 0;
    for (double value : row) {
      square += value * value;
    }
    return square;
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
    int[] block = block(unit);
    if (block.length == 1) {
      int at = block[0];
      return Math.max(0, scale * squares[at] / inverse[at][at]);
    }
    double[][] solved = solve(block, weight);
    double sum = 0;
    for (int i = 0; i < block.length; i++) {
      for (int o = 0; o < outputs; o++) {
        sum += weight[block[i]][o] * solved[i][o];
      }
    }
    return Math.max(0, scale * sum);
  }

  private int[] block(int unit) {
    return Arrays.stream(units[unit]).map(row -> places[row]).toArray();
  }

  /** H_BB^-1 times rows B. */
  private double[][] solve(int[] block, double[][] right) {
    int columns = right[0].length;
    DMatrixRMaj part = new DMatrixRMaj(block.length, block.length);
    DMatrixRMaj picked = new DMatrixRMaj(block.length, columns);
    for (int i = 0; i < block.length; i++) {
      for (int j = 0; j < block.length; j++) {
        part.data[i * block.length + j] = inverse[block[i]][block[j]];
      }
      System.arraycopy(right[block[i]], 0, picked.data, i * columns, columns);
    }
    DMatrixRMaj result = new DMatrixRMaj(block.length, columns);
    solver(part).solve(picked, result);
    return rows(result.data, block.length, columns);
  }

  /** Takes a unit away, and repairs the rest. */
  void remove(int unit) {
    int[] block = block(unit);
    double[][] w = solve(block, weight);
    double[][] h = solve(block, inverse);
    for (int row : units[unit]) {
      places[row] = -1;
    }
    int[] left = Arrays.stream(places).filter(at -> at >= 0).toArray();
    IntStream rows = Arrays.stream(left);
    (left.length < MANY ? rows : rows.parallel()).forEach(at -> repair(at, block, w, h));
    if (inverse.length - left.length >= SQUEEZED * inverse.length) {
      squeeze(left);
    }
  }

  private void repair(int at, int[] block, double[][] w, double[][] h) {
    double[] factors = Arrays.stream(block).mapToDouble(b -> inverse[at][b]).toArray();
    for (int b = 0; b < block.length; b++) {
      subtract(inverse[at], factors[b], h[b]);
      subtract(weight[at], factors[b], w[b]);
    }
    squares[at] = square(weight[at]);
  }

  private static void subtract(double[] to, double factor, double[] from) {
    if (factor != 0) {
      for (int j = 0; j < to.length; j++) {
        to[j] -= factor * from[j];
      }
    }
  }

  private void squeeze(int[] left) {
    double[][] all = inverse;
    inverse = new double[left.length][left.length];
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < left.length; j++) {
        inverse[i][j] = all[left[i]][left[j]];
      }
    }
    weight = Arrays.stream(left).mapToObj(at -> weight[at]).toArray(double[][]::new);
    squares = Arrays.stream(left).mapToDouble(at -> squares[at]).toArray();
    int next = 0;
    for (int row = 0; row < places.length; row++) {
      places[row] = places[row] < 0 ? -1 : next++;
    }
  }
}
