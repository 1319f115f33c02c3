package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;

/**
 * How far a weight's slice is from all others of the weight, added up: what is near the geometric
 * median can be replaced by the others (FPGM, He et al., Filter Pruning via Geometric Median, CVPR
 * 2019, of the slices that consumers hold).
 */
@AutoService(ImportanceCriterion.class)
public final class FpgmImportance implements ImportanceCriterion {
  @Override
  public String key() {
    return "fpgm";
  }

  @Override
  public double[] score(Use use, int axis) {
    float[][] slices = Slices.of(use, axis);
    double[] scores = new double[slices.length];
    for (int i = 0; i < slices.length; i++) {
      for (int j = 0; j < i; j++) {
        double distance = distance(slices[i], slices[j]);
        scores[i] += distance;
        scores[j] += distance;
      }
    }
    return scores;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
