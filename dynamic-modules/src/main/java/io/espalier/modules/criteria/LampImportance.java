package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.util.Arrays;

/**
 * The squared norm of a weight's slice as a part of those that are at least as large (LAMP, Lee et
 * al., Layer-adaptive Sparsity for the Magnitude-based Pruning, ICLR 2021, with slices in the place
 * of single weights).
 */
@AutoService(ImportanceCriterion.class)
public final class LampImportance implements ImportanceCriterion {
  @Override
  public String key() {
    return "lamp";
  }

  @Override
  public double[] score(Use use, int axis) {
    double[] squares = Slices.sums(use, axis, value -> value * value);
    Integer[] ascending = new Integer[squares.length];
    Arrays.setAll(ascending, i -> i);
    Arrays.sort(ascending, (a, b) -> Double.compare(squares[a], squares[b]));
    double[] scores = new double[squares.length];
    double larger = 0;
    for (int i = ascending.length - 1; i >= 0; i--) {
      int index = ascending[i];
      boolean equal = i + 1 < ascending.length && squares[ascending[i + 1]] == squares[index];
      larger += squares[index];
      scores[index] = equal ? scores[ascending[i + 1]] : larger == 0 ? 0 : squares[index] / larger;
    }
    return scores;
  }
}
