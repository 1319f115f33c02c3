package io.espalier.core.compensation;

import io.espalier.core.moments.Moments;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Least squares with a penalty on the change: for moments of columns A and of what is missing R,
 * the change D of the weights that minimises |A D - R|^2 + r |D - S|^2, where S is a start. The
 * strength r is chosen, and the start, by what was not fitted: each fold of the data in turn is
 * predicted from the others.
 */
final class Ridge {
  /** Strengths, as parts of the mean square of a column. */
  private static final double[] STRENGTHS = {1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10};

  private static final double LEAST_GAIN = 1e-3;

  /** A stand-in for strength on the column of ones, which is not penalised. */
  private static final double TINY = 1e-9;

  private final List<Moments> folds;
  private final int group;
  private final int columns;
  private final int outputs;
  private final boolean intercept;

  private Ridge(List<Moments> folds, int group, boolean intercept) {
    this.folds = folds;
    this.group = group;
    this.columns = folds.get(0).columns() - (intercept ? 0 : 1);
    this.outputs = folds.get(0).outputs();
    this.intercept = intercept;
  }

  /**
   * A solution.
   *
   * @param change what is added to the weights, [columns, outputs] row-major; the last row is that
   *     of the ones where there is an intercept
   * @param before the square of what is missing
   * @param after the same with the change, predicted for data that were not fitted
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  record Solution(double[] change, double before, double after) {
    boolean helps() {
      return after < before * (1 - LEAST_GAIN);
    }
  }

  /**
   * Solves one group.
   *
   * @param folds moments over sets of samples
   * @param intercept whether a shift may be solved, too
   * @param starts a choice of starts; each for every fold, made without it, and last for all data
   */
  static Solution solve(
      List<Moments> folds, int group, boolean intercept, List<List<double[]>> starts) {
    return new Ridge(folds, group, intercept).solve(starts);
  }

  private Solution solve(List<List<double[]>> starts) {
    Moments all = Moments.sum(folds);
    double before = 0;
    for (Moments fold : folds) {
      for (double square : fold.squares(group)) {
        before += square;
      }
    }
    double[][] errors = new double[starts.size()][STRENGTHS.length];
    for (int f = 0; f < folds.size(); f++) {
      Moments rest = Moments.sum(List.of(all)).add(folds.get(f), -1);
      for (int r = 0; r < STRENGTHS.length; r++) {
        List<double[]> given = new ArrayList<>();
        for (List<double[]> start : starts) {
          given.add(start.get(f));
        }
        List<double[]> changes = changes(rest, STRENGTHS[r], given);
        for (int s = 0; s < starts.size(); s++) {
          errors[s][r] += error(folds.get(f), changes.get(s));
        }
      }
    }
    int bestStart = 0;
    int best = 0;
    for (int s = 0; s < starts.size(); s++) {
      for (int r = 0; r < STRENGTHS.length; r++) {
        if (errors[s][r] < errors[bestStart][best]) {
          bestStart = s;
          best = r;
        }
      }
    }
    List<double[]> start = starts.get(bestStart);
    double[] change = changes(all, STRENGTHS[best], List.of(start.get(start.size() - 1))).get(0);
    return new Solution(change, before, errors[bestStart][best]);
  }

  /** The best changes from several starts. */
  private List<double[]> changes(Moments moments, double strength, List<double[]> starts) {
    double[] gram = gram(moments);
    double mean = 0;
    int penalised = intercept ? columns - 1 : columns;
    for (int i = 0; i < penalised; i++) {
      mean += gram[i * columns + i] / penalised;
    }
    double ridge = strength * mean + Double.MIN_NORMAL;
    for (int i = 0; i < columns; i++) {
      gram[i * columns + i] += i < penalised ? ridge : TINY * gram[i * columns + i];
    }
    DMatrixRMaj left = DMatrixRMaj.wrap(columns, columns, gram);
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(columns);
    List<double[]> changes = new ArrayList<>();
    if (!solver.setA(left)) {
      starts.forEach(start -> changes.add(new double[columns * outputs]));
      return changes;
    }
    for (double[] start : starts) {
      double[] right = cross(moments);
      for (int i = 0; i < penalised * outputs; i++) {
        right[i] += ridge * start[i];
      }
      DMatrixRMaj solution = new DMatrixRMaj(columns, outputs);
      solver.solve(DMatrixRMaj.wrap(columns, outputs, right), solution);
      changes.add(solution.data);
    }
    return changes;
  }

  private double[] gram(Moments moments) {
    int n = moments.columns();
    if (n == columns) {
      return moments.gram(group).clone();
    }
    double[] part = new double[columns * columns];
    for (int i = 0; i < columns; i++) {
      System.arraycopy(moments.gram(group), i * n, part, i * columns, columns);
    }
    return part;
  }

  private double[] cross(Moments moments) {
    return java.util.Arrays.copyOf(moments.cross(group), columns * outputs);
  }

  /** The square of what is missing on other data once the weights have changed. */
  private double error(Moments moments, double[] change) {
    DMatrixRMaj d = DMatrixRMaj.wrap(columns, outputs, change);
    DMatrixRMaj product = new DMatrixRMaj(columns, outputs);
    CommonOps_DDRM.mult(DMatrixRMaj.wrap(columns, columns, gram(moments)), d, product);
    double error = 0;
    for (double square : moments.squares(group)) {
      error += square;
    }
    double[] cross = moments.cross(group);
    for (int i = 0; i < columns * outputs; i++) {
      error += change[i] * (product.data[i] - 2 * cross[i]);
    }
    return error;
  }
}
