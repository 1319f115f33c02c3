package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;

/** The sum of the magnitudes of a weight's slice at each index. */
@AutoService(ImportanceCriterion.class)
public final class L1Importance implements ImportanceCriterion {
  @Override
  public String key() {
    return "l1";
  }

  @Override
  public double[] score(Use use, int axis) {
    return Slices.sums(use, axis, Math::abs);
  }
}
