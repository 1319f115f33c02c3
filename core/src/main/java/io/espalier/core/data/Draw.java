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
   * Ids of the rows of a table that the network holds. Data are refused that name others; negative
   * ones count from the end of the table.
   *
   * @param rows how many the table has; at least 1
   */
  record Ids(long rows) implements Draw {
    public Ids {
      if (rows < 1) {
        throw new IllegalArgumentException("there is no id below " + rows);
      }
    }

    @Override
    public double next(RandomGenerator random) {
      return random.nextLong(rows);
    }

    boolean holds(double id) {
      return id >= -rows && id < rows;
    }
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
