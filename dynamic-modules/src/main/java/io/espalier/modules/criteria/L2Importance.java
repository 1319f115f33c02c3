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
  private static final int CHUNK = 1 << 13;

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
        for (int i = 0; i < count; i++) {
          double value = chunk[at + i];
          squares[index + i] += value * value;
        }
        at += count;
        index = index + count == squares.length ? 0 : index + count;
      }
    }
  }

  /** Runs of values belong to one index each, and the indices take turns. */
  private static void addRuns(FloatBuffer values, int run, double[] squares) {
    float[] chunk = new float[Math.min(CHUNK, Math.max(1, values.remaining()))];
    int index = 0;
    int left = run;
    while (values.hasRemaining()) {
      int read = Math.min(chunk.length, values.remaining());
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

  /** Four sums at once, since one alone waits for each addition to finish. */
  private static double sumOfSquares(float[] chunk, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      double p = chunk[i];
      double q = chunk[i + 1];
      double r = chunk[i + 2];
      double s = chunk[i + 3];
      a += p * p;
      b += q * q;
      c += r * r;
      d += s * s;
    }
    for (; i < to; i++) {
      double p = chunk[i];
      a += p * p;
    }
    return (a + b) + (c + d);
  }
}
