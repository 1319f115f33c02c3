package io.espalier.core.data;

import java.util.random.RandomGenerator;

/** How to draw an element of an input such that the network is fed what it could be fed. */
@FunctionalInterface
public interface Draw {
  /** The next element; whole for inputs of an integer type. */
  double next(RandomGenerator random);

  /** Numbers with mean 0 and standard deviation 1. */
  static Draw normal() {
    return RandomGenerator::nextGaussian;
  }

  /**
   * Whole numbers from 0, as ids of the rows of a table.
   *
   * @param bound above all of them; at least 1
   */
  static Draw below(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("there is no id below " + bound);
    }
    return random -> random.nextLong(bound);
  }

  /** The same number always, as in a mask that hides nothing. */
  static Draw always(double value) {
    return random -> value;
  }
}
