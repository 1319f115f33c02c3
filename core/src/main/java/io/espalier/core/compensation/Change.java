package io.espalier.core.compensation;

import io.espalier.core.calibration.StoredWeight;
import java.util.Map;

/**
 * What is to be added to a weight and to its shift.
 *
 * @param site the weight
 * @param groups for each group the change [rows x places (+ 1), columns of the group], on the scale
 *     of what the weight aims at; the last row is that of the shift, where there is one
 * @param slopes by how much what is aimed at changes with what the weight computes, by channel
 * @param first by how much the output of the next node does
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
record Change(Site site, double[][] groups, double[] slopes, double[] first) {
  /** Channels behind which nothing changes are left alone. */
  private static final double FLAT = 1e-12;

  /**
   * Puts the new numbers into a map by name.
   *
   * @param current what weight and shift hold now, as they lie
   */
  void apply(float[] current, float[] shift, Map<String, float[]> values) {
    StoredWeight weight = site.weight();
    int outputs = weight.columns() / groups.length;
    int columns = weight.rows() * weight.places();
    for (int channel = 0; channel < weight.columns(); channel++) {
      double slope = slopes[channel];
      if (Math.abs(slope) < FLAT) {
        continue;
      }
      double[] change = groups[channel / outputs];
      int output = channel % outputs;
      for (int row = 0; row < weight.rows(); row++) {
        for (int place = 0; place < weight.places(); place++) {
          int at = (row * weight.places() + place) * outputs + output;
          current[weight.index(row, place, channel)] += (float) (change[at] / slope);
        }
      }
      if (site.shift() != null) {
        double added = change[columns * outputs + output] / slope;
        shift[channel] += (float) (site.shift().behind() ? added * first[channel] : added);
      }
    }
    values.put(site.name(), current);
    if (site.shift() != null) {
      values.put(site.shift().name(), shift);
    }
  }
}
