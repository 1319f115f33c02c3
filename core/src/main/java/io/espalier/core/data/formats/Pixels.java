package io.espalier.core.data.formats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An image: numbers from 0 to 255.
 *
 * @param height rows
 * @param width columns
 * @param channels one for grey, or red, green and blue; each row by row
 */
record Pixels(int height, int width, List<float[]> channels) {

  // the weights of ITU-R BT.601, by which images are commonly made grey
  private static final float RED = 0.299f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  /** One channel of brightness. */
  Pixels grey() {
    if (channels.size() == 1) {
      return this;
    }
    float[] grey = new float[height * width];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = RED * channels.get(0)[i] + GREEN * channels.get(1)[i] + BLUE * channels.get(2)[i];
    }
    return new Pixels(height, width, List.of(grey));
  }

  /** Three channels; of a grey image, three times the same. */
  Pixels colours() {
    return channels.size() == 3
        ? this
        : new Pixels(height, width, Collections.nCopies(3, channels.get(0)));
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
    List<float[]> scaled = new ArrayList<>();
    Resampling rows = Resampling.of(height, newHeight, scale);
    Resampling columns = Resampling.of(width, newWidth, scale);
    for (float[] channel : channels) {
      scaled.add(rows.vertical(columns.horizontal(channel, height, width), newWidth));
    }
    return new Pixels(newHeight, newWidth, scaled);
  }
}
