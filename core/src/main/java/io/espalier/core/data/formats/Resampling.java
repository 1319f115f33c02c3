package io.espalier.core.data.formats;

/**
 * How pixels along one axis are made from those of another size: weighted by a triangle as wide as
 * two new pixels, so that nothing is skipped where an image gets smaller, and linearly where it
 * gets larger.
 */
final class Resampling {
  private final int[] first;
  private final float[][] weights;

  private Resampling(int[] first, float[][] weights) {
    this.first = first;
    this.weights = weights;
  }

  /**
   * Pixels from the middle of an axis.
   *
   * @param from how many there are
   * @param to how many to make
   * @param scale how many old ones a new one stands for
   */
  static Resampling of(int from, int to, double scale) {
    double start = (from - to * scale) / 2;
    double radius = Math.max(scale, 1);
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = start + (i + 0.5) * scale;
      int low = Math.max(0, (int) Math.floor(centre - radius));
      int high = Math.min(from, (int) Math.ceil(centre + radius));
      double[] raw = new double[high - low];
      double sum = 0;
      for (int j = 0; j < raw.length; j++) {
        raw[j] = Math.max(0, 1 - Math.abs((low + j + 0.5 - centre) / radius));
        sum += raw[j];
      }
      first[i] = low;
      weights[i] = new float[raw.length];
      for (int j = 0; j < raw.length; j++) {
        weights[i][j] = (float) (raw[j] / sum);
      }
    }
    return new Resampling(first, weights);
  }

  /** New columns of an image. */
  float[] horizontal(float[] pixels, int height, int width) {
    int columns = first.length;
    float[] result = new float[height * columns];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < columns; x++) {
        float sum = 0;
        for (int j = 0; j < weights[x].length; j++) {
          sum += weights[x][j] * pixels[y * width + first[x] + j];
        }
        result[y * columns + x] = sum;
      }
    }
    return result;
  }

  /** New rows of an image. */
  float[] vertical(float[] pixels, int width) {
    float[] result = new float[first.length * width];
    for (int y = 0; y < first.length; y++) {
      for (int j = 0; j < weights[y].length; j++) {
        float weight = weights[y][j];
        int row = (first[y] + j) * width;
        for (int x = 0; x < width; x++) {
          result[y * width + x] += weight * pixels[row + x];
        }
      }
    }
    return result;
  }
}
