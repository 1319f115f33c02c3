package io.espalier.spi;

/** Scores how much each unit of a width matters to one of its consumers. */
public interface ImportanceCriterion {
  /** The criterion's name, by which an application chooses it. */
  String key();

  /**
   * Scores every index along one axis of a parameter.
   *
   * @param use the parameter, and the node that reads from the width
   * @param axis the axis of the parameter that the units lie on
   * @return one non-negative finite number for each index, larger for what matters more; empty
   *     where the criterion has nothing to say
   */
  double[] score(Use use, int axis);
}
