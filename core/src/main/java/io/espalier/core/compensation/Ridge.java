package io.espalier.core.compensation;

import io.espalier.core.moments.Moments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Least squares with a penalty on the change: for moments of columns A and of what is missing R,
 * the change D of the weights that minimises |A D - R|^2 + r |D - S|^2, where S is a start. The
 * strength r is chosen, and the start, by what was not fitted: each fold of the data in turn is
 * predicted from the others.
 *
 * <p>Where there are many columns, fewer strengths are tried, and fewer folds judge them; where
 * there are many outputs, some of them judge for all.
 */
final class Ridge {
  /** Strengths, as parts of the mean square of a column. */
  private static final double[] STRENGTHS = {1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10};

  /** The strengths tried first where not all are; the neighbours of the best are tried, too. */
  private static final int[] FIRST = {1, 4, 7};

  private static final int FEW_COLUMNS = 200;
  private static final int MANY_COLUMNS = 700;
  private static final int FEWEST_FOLDS = 2;
  private static final int MOST_JUDGED = 64;
  private static final double LEAST_GAIN = 1e-3;

  /** A stand-in for strength on the column of ones, which is not penalised. */
  private static final double TINY = 1e-9;

  private final List<Moments> folds;
  private final int group;
  private final int columns;
  private final int penalised;
  private final int outputs;
  private final List<List<double[]>> starts;

  /** The outputs that judge. */
  private final int[] judged;

  /** How many folds judge. */
  private final int judges;

  /** Squares of what is not predicted, for each strength those of every start; null: not tried. */
  private final double[] @Nullable [] errors = new double[STRENGTHS.length][];

  private Ridge(List<Moments> folds, int group, boolean intercept, List<List<double[]>> starts) {
    this.folds = folds;
    this.group = group;
    this.columns = folds.get(0).columns() - (intercept ? 0 : 1);
    this.penalised = intercept ? columns - 1 : columns;
    this.outputs = folds.get(0).outputs();
    this.starts = starts;
    int some = Math.min(outputs, MOST_JUDGED);
    this.judged = new int[some];
    Arrays.setAll(judged, i -> (int) ((long) i * outputs / some));
    this.judges = columns > MANY_COLUMNS ? Math.min(FEWEST_FOLDS, folds.size()) : folds.size();
  }

  /**
   * A solution.
   *
   * @param change what is added to the weights, [columns, outputs] row-major; the last row is that
   *     of the ones where there is an intercept
   * @param before the square of what is missing, in what was judged
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
    return new Ridge(folds, group, intercept, starts).solve();
  }

  private Solution solve() {
    double before = 0;
    for (int fold = 0; fold < judges; fold++) {
      for (int output : judged) {
        before += folds.get(fold).squares(group)[output];
      }
    }
    double[][] gram = sum(Moments::gram, columns);
    double[][] cross = sum(Moments::cross, outputs);
    if (columns <= FEW_COLUMNS) {
      int[] all = new int[STRENGTHS.length];
      Arrays.setAll(all, i -> i);
      judge(gram, cross, all);
    } else {
      judge(gram, cross, FIRST);
      int best = best();
      judge(gram, cross, best - 1, best + 1);
    }
    int strength = best();
    double[] found = error(strength);
    int start = least(found);
    List<double[]> from = starts.get(start);
    int[] every = new int[outputs];
    Arrays.setAll(every, i -> i);
    double[][] change =
        change(gram, cross, STRENGTHS[strength], List.of(from.get(from.size() - 1)), every);
    double[] flat = new double[columns * outputs];
    for (int i = 0; i < columns; i++) {
      System.arraycopy(change[i], 0, flat, i * outputs, outputs);
    }
    return new Solution(flat, before, found[start]);
  }

  private double[] error(int strength) {
    double[] found = errors[strength];
    if (found == null) {
      throw new IllegalStateException("strength " + strength + " was not tried");
    }
    return found;
  }

  private int best() {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < errors.length; i++) {
      double[] found = errors[i];
      if (found != null && (best < 0 || found[least(found)] < least)) {
        least = found[least(found)];
        best = i;
      }
    }
    return best;
  }

  private static int least(double[] values) {
    int least = 0;
    for (int i = 1; i < values.length; i++) {
      least = values[i] < values[least] ? i : least;
    }
    return least;
  }

  /** Predicts each fold from the others with some strengths. */
  private void judge(double[][] gram, double[][] cross, int... strengths) {
    int[] usable = Arrays.stream(strengths).filter(i -> i >= 0 && i < STRENGTHS.length).toArray();
    for (int strength : usable) {
      errors[strength] = new double[starts.size()];
    }
    for (int fold = 0; fold < judges; fold++) {
      int at = fold;
      double[][] own = rows(folds.get(fold).gram(group), folds.get(fold).columns(), columns);
      double[][] right = rows(folds.get(fold).cross(group), outputs, outputs);
      double squares = 0;
      for (int output : judged) {
        squares += folds.get(fold).squares(group)[output];
      }
      double[][] rest = difference(gram, own);
      double[][] missing = difference(cross, right);
      double[][] wanted = picked(right, judged);
      List<double[]> given = starts.stream().map(start -> start.get(at)).toList();
      for (int strength : usable) {
        double[][] changes = change(rest, missing, STRENGTHS[strength], given, judged);
        for (int s = 0; s < given.size(); s++) {
          double[][] change = part(changes, s * judged.length, judged.length);
          error(strength)[s] += squares + Definite.growth(own, wanted, change);
        }
      }
    }
  }

  /** The best changes of some outputs, from several starts side by side. */
  private double[][] change(
      double[][] gram, double[][] cross, double strength, List<double[]> from, int[] which) {
    double mean = 0;
    for (int i = 0; i < penalised; i++) {
      mean += gram[i][i] / penalised;
    }
    double ridge = strength * mean + Double.MIN_NORMAL;
    double[][] left = new double[columns][];
    for (int i = 0; i < columns; i++) {
      left[i] = gram[i].clone();
      left[i][i] += i < penalised ? ridge : TINY * left[i][i];
    }
    double[][] right = new double[columns][which.length * from.size()];
    if (!Definite.factor(left)) {
      return right;
    }
    for (int i = 0; i < columns; i++) {
      for (int s = 0; s < from.size(); s++) {
        for (int j = 0; j < which.length; j++) {
          double pull = i < penalised ? ridge * from.get(s)[i * outputs + which[j]] : 0;
          right[i][s * which.length + j] = cross[i][which[j]] + pull;
        }
      }
    }
    Definite.solve(left, right);
    return right;
  }

  private interface Table {
    double[] of(Moments moments, int group);
  }

  private double[][] sum(Table table, int width) {
    double[][] sum = new double[columns][width];
    for (Moments fold : folds) {
      double[] values = table.of(fold, group);
      int stride = values.length / fold.columns();
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < width; j++) {
          sum[i][j] += values[i * stride + j];
        }
      }
    }
    return sum;
  }

  private double[][] rows(double[] values, int stride, int width) {
    double[][] rows = new double[columns][];
    for (int i = 0; i < columns; i++) {
      rows[i] = Arrays.copyOfRange(values, i * stride, i * stride + width);
    }
    return rows;
  }

  private static double[][] difference(double[][] whole, double[][] part) {
    double[][] rest = new double[whole.length][];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = whole[i].clone();
      for (int j = 0; j < rest[i].length; j++) {
        rest[i][j] -= part[i][j];
      }
    }
    return rest;
  }

  private static double[][] picked(double[][] rows, int[] columns) {
    List<double[]> picked = new ArrayList<>();
    for (double[] row : rows) {
      picked.add(Arrays.stream(columns).mapToDouble(column -> row[column]).toArray());
    }
    return picked.toArray(double[][]::new);
  }

  private static double[][] part(double[][] rows, int from, int count) {
    double[][] part = new double[rows.length][];
    for (int i = 0; i < part.length; i++) {
      part[i] = Arrays.copyOfRange(rows[i], from, from + count);
    }
    return part;
  }
}
