package io.espalier.training;

import java.util.List;
import java.util.Random;

/**
 * Handwritten digits, drawn in code: each is a few strokes, which are bent, slanted, turned, moved
 * and drawn with a pen of varying width. The same seed gives the same digits.
 */
public final class Digits {
  /** Width and height of an image, in pixels. */
  public static final int SIZE = 28;

  public static final int CLASSES = 10;

  /** How soft the rim of a stroke is, in units of the image's width. */
  private static final double EDGE = 1.2 / SIZE;

  private static final double NOISE = 0.2;

  /** Strokes of each digit as points x, y in the unit square, y downwards. */
  private static final List<List<double[]>> SHAPES =
      List.of(
          List.of(arc(0.5, 0.5, 0.26, 0.38, 0, 360)),
          List.of(line(0.36, 0.28, 0.54, 0.12, 0.54, 0.88)),
          List.of(
              arc(0.5, 0.33, 0.25, 0.21, 190, 380),
              line(0.735, 0.40, 0.26, 0.86),
              line(0.26, 0.86, 0.78, 0.86)),
          List.of(arc(0.47, 0.31, 0.24, 0.19, 200, 450), arc(0.47, 0.69, 0.27, 0.20, 270, 520)),
          List.of(line(0.60, 0.12, 0.22, 0.62, 0.80, 0.62), line(0.62, 0.40, 0.62, 0.90)),
          List.of(line(0.74, 0.14, 0.34, 0.14, 0.30, 0.47), arc(0.47, 0.64, 0.26, 0.23, 235, 510)),
          List.of(line(0.66, 0.12, 0.42, 0.32, 0.28, 0.60), arc(0.50, 0.67, 0.23, 0.21, 0, 360)),
          List.of(line(0.22, 0.15, 0.78, 0.15, 0.42, 0.88)),
          List.of(arc(0.5, 0.31, 0.20, 0.18, 0, 360), arc(0.5, 0.69, 0.25, 0.20, 0, 360)),
          List.of(arc(0.50, 0.34, 0.23, 0.21, 0, 360), line(0.73, 0.34, 0.70, 0.60, 0.56, 0.88)));

  private final Random random;

  public Digits(long seed) {
    this.random = new Random(seed);
  }

  /** Draws a digit: {@link #SIZE} rows of as many pixels, from 0, paper, to 1, ink. */
  float[] draw(int digit) {
    double pen = 0.03 + 0.035 * random.nextDouble();
    Bend bend = Bend.random(random);
    float[] image = new float[SIZE * SIZE];
    for (double[] stroke : SHAPES.get(digit)) {
      ink(image, bend.of(stroke), pen);
    }
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) Math.max(0, Math.min(1, image[i] + NOISE * random.nextGaussian()));
    }
    return image;
  }

  /** Blackens what is nearer to a stroke than the pen is wide. */
  private static void ink(float[] image, double[] stroke, double pen) {
    for (int pixel = 0; pixel < image.length; pixel++) {
      int row = pixel / SIZE;
      double x = (pixel - row * SIZE + 0.5) / SIZE;
      double y = (row + 0.5) / SIZE;
      double nearest = Double.MAX_VALUE;
      for (int i = 0; i + 3 < stroke.length; i += 2) {
        nearest = Math.min(nearest, distance(x, y, stroke, i));
      }
      double ink = 1 - (nearest - pen) / EDGE;
      image[pixel] = (float) Math.max(image[pixel], Math.min(1, ink));
    }
  }

  /** From a point to the segment that begins at an index. */
  private static double distance(double x, double y, double[] stroke, int i) {
    double dx = stroke[i + 2] - stroke[i];
    double dy = stroke[i + 3] - stroke[i + 1];
    double along = (x - stroke[i]) * dx + (y - stroke[i + 1]) * dy;
    double t = Math.max(0, Math.min(1, along / Math.max(1e-12, dx * dx + dy * dy)));
    return Math.hypot(x - stroke[i] - t * dx, y - stroke[i + 1] - t * dy);
  }

  private static double[] line(double... points) {
    return points;
  }

  /** Part of an ellipse, from one angle to another in degrees, clockwise from the right. */
  private static double[] arc(double x, double y, double rx, double ry, int from, int to) {
    int steps = 16;
    double[] points = new double[2 * (steps + 1)];
    for (int i = 0; i <= steps; i++) {
      double angle = Math.toRadians(from + (to - from) * (double) i / steps);
      points[2 * i] = x + rx * Math.cos(angle);
      points[2 * i + 1] = y + ry * Math.sin(angle);
    }
    return points;
  }

  /** How one hand writes one digit: turned, slanted, stretched, moved, and a little wavy. */
  private record Bend(
      double xx, double xy, double yx, double yy, double x, double y, double wave, double phase) {
    static Bend random(Random random) {
      double turn = spread(random, 0.3);
      double slant = spread(random, 0.5);
      double wide = 0.85 + spread(random, 0.2);
      double tall = 0.85 + spread(random, 0.15);
      double cos = Math.cos(turn);
      double sin = Math.sin(turn);
      return new Bend(
          wide * cos,
          tall * (slant * cos - sin),
          wide * sin,
          tall * (slant * sin + cos),
          0.5 + spread(random, 0.07),
          0.5 + spread(random, 0.07),
          spread(random, 0.08),
          Math.PI * random.nextDouble());
    }

    private static double spread(Random random, double most) {
      return most * (2 * random.nextDouble() - 1);
    }

    double[] of(double[] stroke) {
      double[] bent = new double[stroke.length];
      for (int i = 0; i < stroke.length; i += 2) {
        double u = stroke[i] - 0.5 + wave * Math.sin(7 * stroke[i + 1] + phase);
        double v = stroke[i + 1] - 0.5 + wave * Math.sin(6 * stroke[i] - phase);
        bent[i] = x + xx * u + xy * v;
        bent[i + 1] = y + yx * u + yy * v;
      }
      return bent;
    }
  }
}
