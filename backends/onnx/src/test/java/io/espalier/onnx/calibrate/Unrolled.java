package io.espalier.onnx.calibrate;

import io.espalier.core.moments.Moments;
import java.util.Arrays;

/**
 * Moments of a convolution of images that are added up one row at a time, as they are defined.
 *
 * @param window its height and width
 * @param stride of both axes
 * @param pad before and behind both axes
 * @param dilation of both axes
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
record Unrolled(int[] window, int stride, int pad, int dilation, int groups) {
  /** What the window covers at a place, in one group: channels by places of the window. */
  private double[] row(float[] x, long[] dims, int image, int top, int left, int group) {
    int channels = (int) dims[1] / groups;
    double[] row = new double[channels * window[0] * window[1] + 1];
    int at = 0;
    for (int c = group * channels; c < (group + 1) * channels; c++) {
      for (int i = 0; i < window[0]; i++) {
        for (int j = 0; j < window[1]; j++) {
          int h = top * stride - pad + i * dilation;
          int w = left * stride - pad + j * dilation;
          boolean inside = h >= 0 && w >= 0 && h < dims[2] && w < dims[3];
          row[at++] = inside ? x[(int) (((image * dims[1] + c) * dims[2] + h) * dims[3] + w)] : 0;
        }
      }
    }
    row[at] = 1;
    return row;
  }

  /**
   * The moments.
   *
   * @param wanted what is aimed at, of the shape of y
   * @param step every how manieth row of an image counts
   */
  Moments moments(
      float[] x,
      long[] dims,
      float[] wanted,
      float[] now,
      long[] shape,
      boolean rectified,
      int step) {
    int outputs = (int) shape[1] / groups;
    int columns = (int) dims[1] / groups * window[0] * window[1] + 1;
    Moments moments = new Moments(columns, outputs, groups);
    for (int image = 0; image < shape[0]; image++) {
      int number = 0;
      for (int top = 0; top < shape[2]; top++) {
        for (int left = 0; left < shape[3]; left++) {
          for (int g = 0; g < groups && number % step == 0; g++) {
            double[] missing = new double[outputs];
            for (int o = 0; o < outputs; o++) {
              int channel = g * outputs + o;
              int at = (int) (((image * shape[1] + channel) * shape[2] + top) * shape[3] + left);
              missing[o] = missing(wanted[at], now[at], rectified);
            }
            add(moments, g, row(x, dims, image, top, left, g), missing);
          }
          number++;
        }
      }
    }
    return moments;
  }

  /** What is missing from a number. */
  static double missing(double wanted, double now, boolean rectified) {
    return rectified && wanted <= 0 ? -Math.max(now, 0) : wanted - now;
  }

  /** Adds a row, whose last element is 1. */
  static void add(Moments moments, int group, double[] row, double[] missing) {
    int n = row.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        moments.gram(group)[i * n + j] += row[i] * row[j];
      }
      for (int o = 0; o < missing.length; o++) {
        moments.cross(group)[i * missing.length + o] += row[i] * missing[o];
      }
    }
    for (int o = 0; o < missing.length; o++) {
      moments.squares(group)[o] += missing[o] * missing[o];
    }
  }

  @Override
  public String toString() {
    return "window "
        + Arrays.toString(window)
        + ", stride "
        + stride
        + ", pad "
        + pad
        + ", dilation "
        + dilation
        + ", groups "
        + groups;
  }
}
