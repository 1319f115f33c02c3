package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;

/**
 * The sum of squares of a weight's slice at each index: what all consumers of a width say of a unit
 * adds up as the square of one norm over all of them, each consumer on its own scale.
 */
@AutoService(ImportanceCriterion.class)
public final class GroupNormImportance implements ImportanceCriterion {
  @Override
  public String key() {
    return "group_norm";
  }

  @Override
  public double[] score(Use use, int axis) {
    return Slices.sums(use, axis, value -> value * value);
  }
}
