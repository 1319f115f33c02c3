package io.espalier.core.moments;

/**
 * Sums over all places of two tensors x and y, channel by channel.
 *
 * @param rows how many places there are in a channel
 * @param x sums of x
 * @param y sums of y
 * @param xx sums of the squares of x
 * @param xy sums of products
 * @param yy sums of the squares of y
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
public record ChannelMoments(
    double rows, double[] x, double[] y, double[] xx, double[] xy, double[] yy) {

  /** By how much y changes with x; 0 where x does not change. */
  public double slope(int channel) {
    double variance = xx[channel] - x[channel] * x[channel] / rows;
    double covariance = xy[channel] - x[channel] * y[channel] / rows;
    return variance <= 1e-10 * xx[channel] ? 0 : covariance / variance;
  }

  /** The variance of y over all channels, added up. */
  public double variance() {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += Math.max(0, yy[i] / rows - y[i] / rows * (y[i] / rows));
    }
    return sum;
  }

  /** These sums and those over other places. */
  public ChannelMoments plus(ChannelMoments other) {
    return new ChannelMoments(
        rows + other.rows,
        sum(x, other.x),
        sum(y, other.y),
        sum(xx, other.xx),
        sum(xy, other.xy),
        sum(yy, other.yy));
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}
