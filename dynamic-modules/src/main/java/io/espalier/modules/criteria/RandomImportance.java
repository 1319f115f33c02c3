package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.util.Arrays;
import java.util.Random;

/**
 * Numbers that say nothing, the same for the same node each time: what others are compared with.
 */
@AutoService(ImportanceCriterion.class)
public final class RandomImportance implements ImportanceCriterion {
  @Override
  public String key() {
    return "random";
  }

  @Override
  public double[] score(Use use, int axis) {
    long seed = 31L * Arrays.hashCode(use.shape()) + use.node().name().hashCode();
    Random random = new Random(31 * seed + axis);
    double[] scores = new double[use.shape()[axis]];
    Arrays.setAll(scores, i -> random.nextDouble());
    return scores;
  }
}
