package io.espalier.core.data.formats;

/**
 * An image: numbers from 0 to 255.
 *
 * @param height rows
 * @param width columns
 * @param channels one for grey, or red, green and blue; each row by row
 */
record Pixels(int height, int width, float[]... channels) {
  // the weights of ITU-R BT.601, by which images are commonly made grey
  private static final float RED = 0.299f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  /** One channel of brightness. */
  Pixels grey() {
    if (channels.length == 1) {
      return this;
    }
    float[] grey = new float[height * width];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = RED * channels[0][i] + GREEN * channels[1][i] + BLUE * channels[2][i];
    }
    return new Pixels(height, width, new float[][] {grey});
  }

  /** Three channels; of a grey image, three times the same. */
  Pixels colours() {
    return channels.length == 3
        ? this
        : new Pixels(height, width, channels[0], channels[0], channels[0]);
  }

  /**
   * Brings an image to a size without distorting it: it is scaled until it covers the size, and
   * what stands out on both sides is cut off.
   */
  Pixels covering(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    double scale = Math.min((double) height / newHeight, (double) width / newWidth);
    float[][] scaled = new float[channels.length][];
    Resampling rows = Resampling.of(height, newHeight, scale);
    Resampling columns = Resampling.of(width, newWidth, scale);
    for (int c = 0; c < channels.length; c++) {
      scaled[c] = rows.vertical(columns.horizontal(channels[c], height, width), newWidth);
    }
    return new Pixels(newHeight, newWidth, scaled);
  }
}
