package io.espalier.modules.criteria;

import io.espalier.spi.Use;
import java.nio.FloatBuffer;
import java.util.function.DoubleUnaryOperator;

/** What a weight holds at each index of an axis. */
final class Slices {
  private Slices() {}

  /**
   * Sums over each slice.
   *
   * @param what is added up for every number of the weight
   * @throws ArithmeticException if a number of the weight is not finite
   */
  static double[] sums(Use use, int axis, DoubleUnaryOperator what) {
    int[] shape = use.shape();
    int run = run(shape, axis);
    double[] sums = new double[shape[axis]];
    FloatBuffer values = use.values().duplicate();
    for (int i = 0; values.hasRemaining(); i++) {
      sums[i / run % sums.length] += what.applyAsDouble(finite(values.get(), use));
    }
    return sums;
  }

  /**
   * The slices themselves.
   *
   * @return by index, the numbers of its slice in row-major order
   * @throws ArithmeticException if a number of the weight is not finite
   */
  static float[][] of(Use use, int axis) {
    int[] shape = use.shape();
    int run = run(shape, axis);
    FloatBuffer values = use.values().duplicate();
    int length = shape[axis] == 0 ? 0 : values.remaining() / shape[axis];
    float[][] slices = new float[shape[axis]][length];
    for (int i = 0; values.hasRemaining(); i++) {
      int at = i / (run * slices.length) * run + i % run;
      slices[i / run % slices.length][at] = finite(values.get(), use);
    }
    return slices;
  }

  private static int run(int[] shape, int axis) {
    int run = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      run = Math.multiplyExact(run, shape[i]);
    }
    return run;
  }

  private static float finite(float value, Use use) {
    if (!Float.isFinite(value)) {
      throw new ArithmeticException(
          "input " + use.input() + " of " + use.node() + " holds a number that is not finite");
    }
    return value;
  }
}
