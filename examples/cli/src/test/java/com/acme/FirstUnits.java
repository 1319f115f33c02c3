package com.acme;

import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;

/** The earlier a unit, the more it matters. */
public final class FirstUnits implements ImportanceCriterion {
  @Override
  public String key() {
    return "acme.first";
  }

  @Override
  public double[] score(Use use, int axis) {
    double[] scores = new double[use.shape()[axis]];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scores.length - i;
    }
    return scores;
  }
}
