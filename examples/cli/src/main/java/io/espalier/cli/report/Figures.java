package io.espalier.cli.report;

import java.util.Locale;

/** Numbers as the page shows them. */
final class Figures {
  private static final int PER_CENT = 100;

  private Figures() {}

  /** {@code 25,557,032}. */
  static String exact(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 0.0123}, {@code 1.23e-05}. */
  static String error(double error) {
    return Double.isFinite(error) ? String.format(Locale.ROOT, "%.3g", error) : "of no use";
  }

  /** A part as {@code 49.9 %}. */
  static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", PER_CENT * part);
  }

  /** A place in a drawing: {@code 12.5}. */
  static String place(double place) {
    return String.format(Locale.ROOT, "%.1f", place);
  }

  /** The mark of an axis: {@code 0.25}, {@code 1e-05}. */
  static String tick(double value) {
    String text = String.format(Locale.ROOT, "%.3g", value);
    if (text.contains("e")) {
      return text.replaceAll("\\.?0+e", "e");
    }
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
