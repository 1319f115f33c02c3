package io.espalier.onnx.build;

/**
 * The shape of a square convolution that keeps the size of its input, but for the stride.
 *
 * @param inChannels channels in
 * @param outChannels channels out
 * @param kernel side of the kernel; an odd number, or the stride
 * @param stride step in both directions
 * @param groups groups, which divide both numbers of channels
 * @param bias whether it has a bias
 */
public record Convolution(
    int inChannels, int outChannels, int kernel, int stride, int groups, boolean bias) {

  /** Stride 1, one group, no bias. */
  public static Convolution of(int inChannels, int outChannels, int kernel) {
    return new Convolution(inChannels, outChannels, kernel, 1, 1, false);
  }

  /** A group for each channel. */
  public static Convolution depthwise(int channels, int kernel) {
    return new Convolution(channels, channels, kernel, 1, channels, false);
  }

  public Convolution withStride(int step) {
    return new Convolution(inChannels, outChannels, kernel, step, groups, bias);
  }

  public Convolution withBias() {
    return new Convolution(inChannels, outChannels, kernel, stride, groups, true);
  }

  /** Zeros added on each side. */
  int padding() {
    return kernel % 2 == 0 ? 0 : kernel / 2;
  }
}
