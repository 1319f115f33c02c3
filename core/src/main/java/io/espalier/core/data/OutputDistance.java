package io.espalier.core.data;

import java.util.OptionalDouble;

/** How far one output of two networks is apart. */
public final class OutputDistance {
  private final String name;
  private double difference;
  private double scale;
  private double cosines;
  private int samples;
  private boolean several;

  OutputDistance(String name) {
    this.name = name;
  }

  /**
   * Adds a sample.
   *
   * @throws DataException if a number is none; both may be infinite alike
   */
  void add(double[] original, double[] other, String sample) {
    double product = 0;
    double before = 0;
    double after = 0;
    for (int i = 0; i < original.length; i++) {
      double a = original[i];
      double b = other[i];
      if (Double.isFinite(a) && Double.isFinite(b)) {
        difference += (b - a) * (b - a);
        product += a * b;
        before += a * a;
        after += b * b;
      } else if (a != b) {
        throw new DataException(
            "output '"
                + name
                + "' is no number for "
                + sample
                + ": its element "
                + i
                + " is "
                + a
                + " in the original and "
                + b
                + " in the other model; check that the data are what the model was made for");
      }
    }
    scale += before;
    several |= original.length > 1;
    cosines +=
        before == 0 || after == 0 ? (before == after ? 1 : 0) : cosine(product, before, after);
    samples++;
  }

  private static double cosine(double product, double before, double after) {
    return Math.max(-1, Math.min(1, product / (Math.sqrt(before) * Math.sqrt(after))));
  }

  /** The output's name. */
  public String name() {
    return name;
  }

  /**
   * The root of the summed squares of the differences over that of the original's numbers; 0 where
   * nothing differs, infinite where the original is zero everywhere and the other is not.
   */
  public double error() {
    return difference == 0 ? 0 : Math.sqrt(difference / scale);
  }

  /** The mean cosine between the outputs of a sample; empty if a sample has one number. */
  public OptionalDouble cosine() {
    return several ? OptionalDouble.of(cosines / samples) : OptionalDouble.empty();
  }
}
