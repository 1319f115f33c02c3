package io.espalier.core.calibration;

import io.espalier.trace.Layout;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Takes the units of one width away, one after the other: always the one without which its readers,
 * repaired as well as they can be, err least. Removing rows B of a weight w from what it reads with
 * inverse moments H adds tr(w_B' H_BB^-1 w_B) to the squared error, and leaves w - H_:B H_BB^-1
 * w_B and H - H_:B H_BB^-1 H_B: for the rest.
 */
final class Elimination {
  private static final double RIDGE = 1e-4;

  private final int units;
  private final List<Reader> readers = new ArrayList<>();

  private Elimination(Layout.Symbol symbol, List<Consumer> consumers) {
    this.units = Math.toIntExact(symbol.extent());
    for (Consumer consumer : consumers) {
      readers.add(new Reader(symbol, consumer));
    }
  }

  /** The curve of a width with at least one reader. */
  static Curve of(Layout.Symbol symbol, List<Consumer> consumers) {
    return new Elimination(symbol, consumers).run();
  }

  private Curve run() {
    int[] order = new int[units];
    double[] errors = new double[units + 1];
    boolean[] gone = new boolean[units];
    double error = 0;
    for (int left = units; left > 0; left--) {
      int least = -1;
      double leastCost = Double.POSITIVE_INFINITY;
      for (int unit = 0; unit < units; unit++) {
        if (!gone[unit]) {
          double cost = 0;
          for (Reader reader : readers) {
            cost += reader.cost(unit);
          }
          // of equal units the last goes first
          if (cost <= leastCost) {
            leastCost = cost;
            least = unit;
          }
        }
      }
      int unit = least;
      readers.forEach(reader -> reader.remove(unit));
      gone[unit] = true;
      order[left - 1] = unit;
      error += leastCost;
      errors[left - 1] = error;
    }
    return new Curve(order, errors);
  }

  /** One reader of the width, without the units that are gone. */
  private static final class Reader {
    private final int rows;
    private final int outputs;
    private final double[] inverse;
    private final double[] weight;
    private final double scale;
    private final int[][] elements;
    private final boolean[] removed;

    Reader(Layout.Symbol symbol, Consumer consumer) {
      int extent = consumer.extent();
      this.rows = extent + 1;
      this.elements = elements(symbol, consumer.axis());
      this.removed = new boolean[rows];
      double count = consumer.gram()[rows * rows - 1];
      this.scale = 1 / (Math.max(consumer.variance(), 1e-30) * count);
      DMatrixRMaj gram = new DMatrixRMaj(rows, rows);
      double mean = 0;
      for (int i = 0; i < extent; i++) {
        mean += consumer.gram()[i * rows + i] / extent;
      }
      System.arraycopy(consumer.gram(), 0, gram.data, 0, rows * rows);
      for (int i = 0; i < rows; i++) {
        gram.data[i * rows + i] += RIDGE * mean + 1e-30;
      }
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(rows);
      DMatrixRMaj inverted = new DMatrixRMaj(rows, rows);
      if (!solver.setA(gram)) {
        throw new IllegalStateException("moments are not positive definite");
      }
      solver.invert(inverted);
      this.inverse = inverted.data;
      if (consumer.outputs() > rows) {
        // Only products of rows matter: a square root of them does as well, and is narrower.
        this.outputs = extent;
        this.weight = narrowed(consumer, extent, rows);
      } else {
        this.outputs = consumer.outputs();
        this.weight = java.util.Arrays.copyOf(consumer.weight(), rows * outputs);
      }
    }

    private static double[] narrowed(Consumer consumer, int extent, int rows) {
      DMatrixRMaj w = DMatrixRMaj.wrap(extent, consumer.outputs(), consumer.weight());
      DMatrixRMaj products = new DMatrixRMaj(extent, extent);
      CommonOps_DDRM.multTransB(w, w, products);
      double trace = CommonOps_DDRM.trace(products);
      for (int i = 0; i < extent; i++) {
        products.data[i * extent + i] += 1e-12 * trace / extent + 1e-300;
      }
      var cholesky =
          org.ejml.dense.row.factory.DecompositionFactory_DDRM.chol(extent, true);
      if (!cholesky.decompose(products)) {
        throw new IllegalStateException("products of a weight are not positive definite");
      }
      return java.util.Arrays.copyOf(cholesky.getT(null).data, rows * extent);
    }

    private static int[][] elements(Layout.Symbol symbol, Layout axis) {
      int[][] elements = new int[Math.toIntExact(symbol.extent())][];
      // the elements of a unit are those that are kept with it, less those without any
      for (int unit = 0; unit < elements.length; unit++) {
        int only = unit;
        int[] with = axis.kept(other -> other == symbol ? new int[] {only} : all(other));
        elements[unit] = with;
      }
      if (elements.length > 1) {
        java.util.Set<Integer> shared = new java.util.HashSet<>();
        for (int element : elements[0]) {
          shared.add(element);
        }
        for (int element : elements[1]) {
          if (shared.contains(element)) {
            shared.add(-1 - element);
          }
        }
        for (int unit = 0; unit < elements.length; unit++) {
          elements[unit] =
              java.util.Arrays.stream(elements[unit])
                  .filter(element -> !shared.contains(-1 - element))
                  .toArray();
        }
      }
      return elements;
    }

    private static int[] all(Layout.Symbol symbol) {
      int[] all = new int[Math.toIntExact(symbol.extent())];
      java.util.Arrays.setAll(all, i -> i);
      return all;
    }

    /** By how much the relative error grows without a unit. */
    double cost(int unit) {
      int[] block = elements[unit];
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
      DMatrixRMaj right = new DMatrixRMaj(block.length, outputs);
      for (int i = 0; i < block.length; i++) {
        System.arraycopy(weight, block[i] * outputs, right.data, i * outputs, outputs);
      }
      DMatrixRMaj result = new DMatrixRMaj(block.length, outputs);
      solver(block).solve(right, result);
      return result;
    }

    private LinearSolverDense<DMatrixRMaj> solver(int[] block) {
      DMatrixRMaj part = new DMatrixRMaj(block.length, block.length);
      for (int i = 0; i < block.length; i++) {
        for (int j = 0; j < block.length; j++) {
          part.data[i * block.length + j] = inverse[block[i] * rows + block[j]];
        }
      }
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(block.length);
      if (!solver.setA(part)) {
        throw new IllegalStateException("inverse moments are not positive definite");
      }
      return solver;
    }

    void remove(int unit) {
      int[] block = elements[unit];
      DMatrixRMaj w = solved(block);
      DMatrixRMaj rowsOfInverse = new DMatrixRMaj(block.length, rows);
      for (int i = 0; i < block.length; i++) {
        System.arraycopy(inverse, block[i] * rows, rowsOfInverse.data, i * rows, rows);
      }
      DMatrixRMaj h = new DMatrixRMaj(block.length, rows);
      solver(block).solve(rowsOfInverse, h);
      double[] factors = new double[block.length];
      for (int i = 0; i < rows; i++) {
        if (removed[i]) {
          continue;
        }
        for (int b = 0; b < block.length; b++) {
          factors[b] = inverse[i * rows + block[b]];
        }
        for (int b = 0; b < block.length; b++) {
          double factor = factors[b];
          if (factor != 0) {
            for (int j = 0; j < rows; j++) {
              inverse[i * rows + j] -= factor * h.data[b * rows + j];
            }
            for (int o = 0; o < outputs; o++) {
              weight[i * outputs + o] -= factor * w.data[b * outputs + o];
            }
          }
        }
      }
      for (int row : block) {
        removed[row] = true;
      }
    }
  }
}
