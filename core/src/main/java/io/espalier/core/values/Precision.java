package io.espalier.core.values;

import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Fewer bits than a weight had, to be written in. */
public enum Precision {
  /** Integers of eight bits, with a scale for each column of a matrix, or each row of a table. */
  INT8,

  /**
   * As {@link #INT8}, but each row of a large table is a code for every four of its numbers, which
   * stands for one of 256 such fours: two bits a number.
   */
  INT8_CODES;

  /**
   * The precision of a name, as a command line gives it: {@code int8}, {@code int8-codes}.
   *
   * @throws EspalierException if there is none
   */
  public static Precision of(String name) {
    for (Precision precision : values()) {
      if (precision.toString().equals(name)) {
        return precision;
      }
    }
    List<String> known = Arrays.stream(values()).map(Precision::toString).toList();
    throw new EspalierException(
        "weights cannot be written as \"" + name + "\"; give one of " + known);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
