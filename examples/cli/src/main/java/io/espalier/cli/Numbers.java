package io.espalier.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
  private static final int DIGITS = 2;

  private Numbers() {}

  /** {@code 25,557,032}. */
  static String exact(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1.2e94}; below a million, every digit. */
  static String rounded(BigInteger number) {
    if (number.compareTo(MILLION) < 0) {
      return String.format(Locale.ROOT, "%,d", number);
    }
    BigDecimal rounded =
        new BigDecimal(number).round(new MathContext(DIGITS, RoundingMode.HALF_UP));
    int exponent = rounded.precision() - rounded.scale() - 1;
    return rounded.scaleByPowerOfTen(-exponent).setScale(1, RoundingMode.HALF_UP) + "e" + exponent;
  }

  /** {@code 0.503}; one number over another, a dash where there is nothing to divide by. */
  static String ratio(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.3f", part / (double) whole);
  }

  /** {@code 3.1e-07}. */
  static String error(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }

  /** Nanoseconds as milliseconds, {@code 1.93}. */
  static String milliseconds(long nanoseconds) {
    return String.format(Locale.ROOT, "%.2f", nanoseconds / 1e6);
  }
}
