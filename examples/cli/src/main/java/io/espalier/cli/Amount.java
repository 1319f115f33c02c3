package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount as a user writes it: a bare number is a part of the whole, one with a unit is a number
 * of its own.
 *
 * @param number a part of the whole, at most 1, or how much in the unit that counts one
 * @param part whether it is a part
 */
record Amount(double number, boolean part) {
  private static final Pattern WORDS = Pattern.compile("([-+.0-9eE]+|NaN|-?Infinity)([a-zA-Z]*)");

  /**
   * What is counted, and what a refusal calls it.
   *
   * @param units what one of each counts
   * @param name of an amount: {@code latency}
   * @param whole of which there are parts: {@code the original's latency}
   * @param ways to say an amount
   * @param part an example: {@code 0.6}
   * @param number an example with what it is: {@code a time, such as 15ms}
   */
  record Kind(
      Map<String, Double> units,
      String name,
      String whole,
      String ways,
      String part,
      String number) {}

  /**
   * Reads an amount. Whether the number makes sense is left to what takes it.
   *
   * @throws EspalierException if it is no number, has another unit, or is more than the whole
   */
  static Amount read(String words, Kind kind) {
    Matcher amount = WORDS.matcher(words);
    if (!amount.matches()) {
      throw refusal(words, kind);
    }
    String unit = amount.group(2);
    Double one = unit.isEmpty() ? Double.valueOf(1) : kind.units().get(unit);
    double number;
    try {
      number = Double.parseDouble(amount.group(1));
    } catch (NumberFormatException e) {
      throw refusal(words, kind);
    }
    if (one == null) {
      throw refusal(words, kind);
    }
    if (unit.isEmpty() && number > 1) {
      throw new EspalierException(
          "'"
              + words
              + "' is more than the whole: a bare number is a part of "
              + kind.whole()
              + ", such as "
              + kind.part()
              + "; give a unit for "
              + kind.number());
    }
    return new Amount(number * one, unit.isEmpty());
  }

  private static EspalierException refusal(String words, Kind kind) {
    return new EspalierException("'" + words + "' is no " + kind.name() + "; give " + kind.ways());
  }
}
