package io.espalier.modules.criteria;

import com.google.auto.service.AutoService;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.nio.FloatBuffer;

/**
 * The Euclidean norm of a weight's slice at each index: large where a consumer reads a unit with
 * large weights. Sums are kept in double precision and not normalised.
 */
@AutoService(ImportanceCriterion.class)
public final class L2Importance implements ImportanceCriterion {
  /** So many numbers are copied at a time: as few as stay in the nearest cache beside the sums. */
  private static final int CHUNK = 1 << 10;

  @Override
  public String key() {
    return "l2";
  }

  @Override
  public double[] score(Use use, int axis) {
    int[] shape = use.shape();
    int run = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      run = Math.multiplyExact(run, shape[i]);
    }
    double[] squares = new double[shape[axis]];
    FloatBuffer values = use.values().duplicate();
    if (run == 1) {
      addColumns(values, squares);
    } else {
      addRuns(values, run, squares);
    }
    for (int i = 0; i < squares.length; i++) {
      if (!Double.isFinite(squares[i])) {
        throw new ArithmeticException(
            "input "
                + use.input()
                + " of "
                + use.node()
                + " holds a number that is not finite, at index "
                + i
                + " of axis "
                + axis);
      }
      squares[i] = Math.sqrt(squares[i]);
    }
    return squares;
  }

  /** The axis is the innermost: every value belongs to the next index. */
  private static void addColumns(FloatBuffer values, double[] squares) {
    float[] chunk = new float[Math.min(CHUNK, Math.max(1, values.remaining()))];
    int index = 0;
    while (values.hasRemaining()) {
      int read = Math.min(chunk.length, values.remaining());
      values.get(chunk, 0, read);
      int at = 0;
      while (at < read) {
        int count = Math.min(read - at, squares.length - index);
        addSquares(chunk, at, squares, index, count);
        at += count;
        index = index + count == squares.length ? 0 : index + count;
      }
    }
  }

  /**
   * Runs of values belong to one index each, and the indices take turns. Whole runs are read at a
   * time, or pieces of one from its start, so that equal slices have equal sums wherever they
   * stand.
   */
  private static void addRuns(FloatBuffer values, int run, double[] squares) {
    int piece = Math.max(1, Math.min(run, CHUNK));
    float[] chunk = new float[CHUNK / piece * piece];
    int index = 0;
    int left = run;
    while (values.hasRemaining()) {
      int read = Math.min(chunk.length, run > CHUNK ? left : values.remaining());
      values.get(chunk, 0, read);
      int at = 0;
      while (at < read) {
        int count = Math.min(left, read - at);
        squares[index] += sumOfSquares(chunk, at, at + count);
        at += count;
        left -= count;
        if (left == 0) {
          left = run;
          index = index + 1 == squares.length ? 0 : index + 1;
        }
      }
    }
  }

  /** Four at a time: nothing that is read next waits for what is converted. */
  private static void addSquares(float[] chunk, int at, double[] squares, int index, int count) {
    int i = 0;
    for (; i + 3 < count; i += 4) {
      double a = chunk[at + i];
      double b = chunk[at + i + 1];
      double c = chunk[at + i + 2];
      double d = chunk[at + i + 3];
      squares[index + i] += a * a;
      squares[index + i + 1] += b * b;
      squares[index + i + 2] += c * c;
      squares[index + i + 3] += d * d;
    }
    for (; i < count; i++) {
      double a = chunk[at + i];
      squares[index + i] += a * a;
    }
  }

  /**
   * Eight sums at once, each of pairs, since one alone waits for each addition, and each
   * conversion, to finish. The order is always the same, and so is the sum.
   */
  private static double sumOfSquares(float[] chunk, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i + 15 < to; i += 16) {
      a += squares(chunk[i], chunk[i + 8]);
      b += squares(chunk[i + 1], chunk[i + 9]);
      c += squares(chunk[i + 2], chunk[i + 10]);
      d += squares(chunk[i + 3], chunk[i + 11]);
      e += squares(chunk[i + 4], chunk[i + 12]);
      f += squares(chunk[i + 5], chunk[i + 13]);
      g += squares(chunk[i + 6], chunk[i + 14]);
      h += squares(chunk[i + 7], chunk[i + 15]);
    }
    for (; i < to; i++) {
      a += squares(chunk[i], 0);
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h));
  }

  private static double squares(double x, double y) {
    return x * x + y * y;
  }
}
