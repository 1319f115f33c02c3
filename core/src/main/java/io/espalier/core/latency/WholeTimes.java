package io.espalier.core.latency;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * What a network takes as a whole, by the sum of what its segments are said to take, both as parts
 * of the original. A small network is quicker than that sum, since its segments were timed among
 * larger ones: more of it stays in the caches. So the logarithm of one is fitted by a parabola in
 * that of the other, held to equality, and beyond what was timed by the factor at the end.
 */
final class WholeTimes {
  private static final int TERMS = 3;

  /** Below so many networks sums are taken as they are. */
  private static final int FEWEST = 8;

  /** Weighs the belief that both are equal, as if so many networks had shown it. */
  private static final double HELD = 1;

  private final double[] terms;
  private final double least;
  private final double most;

  private WholeTimes(double[] terms, double least, double most) {
    this.terms = terms;
    this.least = least;
    this.most = most;
  }

  /**
   * What fits some networks best.
   *
   * @param sums of what their segments are said to take by the other networks, as parts of what the
   *     original takes
   * @param measured what they take, as parts of the same
   */
  static WholeTimes of(double[] sums, double[] measured) {
    DMatrixRMaj squares = CommonOps_DDRM.identity(TERMS);
    CommonOps_DDRM.scale(HELD, squares);
    DMatrixRMaj products = new DMatrixRMaj(TERMS, 1);
    double least = 0;
    double most = 0;
    int fitted = 0;
    for (int i = 0; i < sums.length; i++) {
      if (!(sums[i] > 0)) {
        continue;
      }
      fitted++;
      double log = Math.log(sums[i]);
      least = Math.min(least, log);
      most = Math.max(most, log);
      DMatrixRMaj row = new DMatrixRMaj(TERMS, 1, true, features(log));
      CommonOps_DDRM.multAddTransB(row, row, squares);
      CommonOps_DDRM.addEquals(products, Math.log(measured[i]) - log, row);
    }
    DMatrixRMaj terms = new DMatrixRMaj(TERMS, 1);
    if (fitted >= FEWEST) {
      CommonOps_DDRM.solve(squares, products, terms);
    }
    return new WholeTimes(terms.getData(), least, most);
  }

  private static double[] features(double log) {
    return new double[] {1, log, log * log};
  }

  /** What a network takes whose segments take so much, both as parts of the original. */
  double at(double sum) {
    if (!(sum > 0)) {
      return sum;
    }
    double[] features = features(Math.max(least, Math.min(most, Math.log(sum))));
    double more = 0;
    for (int term = 0; term < TERMS; term++) {
      more += terms[term] * features[term];
    }
    return sum * Math.exp(more);
  }
}
