package io.espalier.embedding;

import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.nio.FloatBuffer;

/** The largest absolute weight that reads a unit. */
public final class LargestWeight implements ImportanceCriterion {
  @Override
  public String key() {
    return "embedding.largest";
  }

  @Override
  public double[] score(Use use, int axis) {
    int[] shape = use.shape();
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    double[] scores = new double[shape[axis]];
    FloatBuffer values = use.values();
    for (int i = 0; i < values.remaining(); i++) {
      int unit = i / inner % shape[axis];
      scores[unit] = Math.max(scores[unit], Math.abs(values.get(values.position() + i)));
    }
    return scores;
  }
}
