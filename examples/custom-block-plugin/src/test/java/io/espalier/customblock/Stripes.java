package io.espalier.customblock;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import java.util.Random;

/** Images of stripes that stand or lie, drawn with noise. */
final class Stripes {
  static final int SIZE = 12;
  static final int CLASSES = 2;

  /** Steps right and down, along which an image of each class changes. */
  private static final int[][] ACROSS = {{1, 0}, {0, 1}};

  private static final double NOISE = 0.3;

  private Stripes() {}

  /** The same seed draws the same images. */
  static ArrayDataset draw(NDManager manager, int count, int batch, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[count * SIZE * SIZE];
    float[] labels = new float[count];
    for (int image = 0; image < count; image++) {
      int label = image % CLASSES;
      labels[image] = label;
      double phase = 2 * Math.PI * random.nextDouble();
      double waves = 1 + 0.5 * random.nextDouble();
      for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
          int across = column * ACROSS[label][0] + row * ACROSS[label][1];
          pixels[(image * SIZE + row) * SIZE + column] =
              (float) (Math.sin(waves * across + phase) + NOISE * random.nextGaussian());
        }
      }
    }
    return new ArrayDataset.Builder()
        .setData(manager.create(pixels, new Shape(count, 1, SIZE, SIZE)))
        .optLabels(manager.create(labels))
        .setSampling(batch, false)
        .build();
  }
}
