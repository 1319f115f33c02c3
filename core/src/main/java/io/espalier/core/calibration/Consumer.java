package io.espalier.core.calibration;

import io.espalier.trace.Layout;

/**
 * What elimination needs to know of a weight that reads a width.
 *
 * @param axis the layout of the axis it reads
 * @param gram second moments of what it reads, a 1 appended, [n + 1, n + 1]
 * @param weight its weight, [n, outputs] row-major, scaled to what it aims at
 * @param outputs the columns of the weight
 * @param variance the variance of what it aims at
 */
record Consumer(Layout axis, double[] gram, double[] weight, int outputs, double variance) {
  int extent() {
    return Math.toIntExact(axis.extent());
  }
}
