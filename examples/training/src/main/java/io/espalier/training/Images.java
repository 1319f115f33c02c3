package io.espalier.training;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Grey images of digits with their labels, {@link Digits#SIZE} pixels wide and high. Immutable. */
public final class Images {
  private static final int PIXELS = Digits.SIZE * Digits.SIZE;
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  private final float[] pixels;
  private final float[] labels;

  private Images(float[] pixels, float[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Draws images, of all digits in turn.
   *
   * @param count how many
   * @param seed the same seed gives the same images
   */
  public static Images drawn(int count, long seed) {
    Digits digits = new Digits(seed);
    float[] pixels = new float[count * PIXELS];
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % Digits.CLASSES;
      System.arraycopy(digits.draw(i % Digits.CLASSES), 0, pixels, i * PIXELS, PIXELS);
    }
    return new Images(pixels, labels);
  }

  /**
   * Reads images and labels in the format of MNIST (IDX, gzip).
   *
   * @throws IOException if a file is missing, or something else
   */
  public static Images read(Path images, Path labels) throws IOException {
    byte[] bytes;
    byte[] classes;
    try (DataInputStream in = open(images, IMAGES_MAGIC)) {
      int count = in.readInt();
      int rows = in.readInt();
      int columns = in.readInt();
      if (rows != Digits.SIZE || columns != Digits.SIZE) {
        throw new IOException(images + " holds images of another size than 28 by 28");
      }
      bytes = in.readNBytes(count * PIXELS);
    }
    try (DataInputStream in = open(labels, LABELS_MAGIC)) {
      classes = in.readNBytes(in.readInt());
    }
    if (bytes.length != classes.length * PIXELS) {
      throw new IOException(images + " and " + labels + " do not belong together");
    }
    float[] pixels = new float[bytes.length];
    float[] numbers = new float[classes.length];
    for (int i = 0; i < bytes.length; i++) {
      pixels[i] = (bytes[i] & 0xff) / 255f;
    }
    for (int i = 0; i < classes.length; i++) {
      numbers[i] = classes[i];
    }
    return new Images(pixels, numbers);
  }

  /**
   * Reads the 10,000 images of the MNIST test set.
   *
   * @param folder holds {@code t10k-images-idx3-ubyte.gz} and {@code t10k-labels-idx1-ubyte.gz}
   * @throws IOException if a file is missing, or something else
   */
  public static Images mnist(Path folder) throws IOException {
    return read(
        folder.resolve("t10k-images-idx3-ubyte.gz"), folder.resolve("t10k-labels-idx1-ubyte.gz"));
  }

  private static DataInputStream open(Path file, int magic) throws IOException {
    InputStream raw = Files.newInputStream(file);
    DataInputStream in = new DataInputStream(new GZIPInputStream(raw, 1 << 16));
    if (in.readInt() != magic) {
      in.close();
      throw new IOException(file + " is no IDX file of the kind expected");
    }
    return in;
  }

  /** How many there are. */
  public int count() {
    return labels.length;
  }

  /** All pixels, image by image, row by row. */
  public float[] pixels() {
    return pixels.clone();
  }

  /** The digit that an image shows. */
  public int label(int image) {
    return (int) labels[image];
  }

  /**
   * The images of these positions, to the exclusion of the last.
   *
   * @throws IllegalArgumentException if there are not so many, or none would be left
   */
  public Images part(int from, int to) {
    if (from < 0 || from >= to || to > count()) {
      throw new IllegalArgumentException(
          "there are "
              + count()
              + " images, and those from number "
              + from
              + " on, to number "
              + to
              + ", are asked for; give the whole test set of MNIST");
    }
    return new Images(
        Arrays.copyOfRange(pixels, from * PIXELS, to * PIXELS),
        Arrays.copyOfRange(labels, from, to));
  }

  /** The images with each pixel less a mean, divided by a deviation. */
  public Images normalised(float mean, float deviation) {
    float[] scaled = new float[pixels.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (pixels[i] - mean) / deviation;
    }
    return new Images(scaled, labels);
  }

  /**
   * The images, each moved by a random number of pixels down and to the right; what comes in at the
   * rim is paper.
   *
   * @param most by how many pixels at most, either way
   */
  public Images shifted(int most, Random random) {
    float[] moved = new float[pixels.length];
    for (int image = 0; image < count(); image++) {
      int down = random.nextInt(2 * most + 1) - most;
      int right = random.nextInt(2 * most + 1) - most;
      int length = Digits.SIZE - Math.abs(right);
      for (int row = Math.max(0, down); row < Digits.SIZE + Math.min(0, down); row++) {
        int from = image * PIXELS + (row - down) * Digits.SIZE + Math.max(0, -right);
        int to = image * PIXELS + row * Digits.SIZE + Math.max(0, right);
        System.arraycopy(pixels, from, moved, to, length);
      }
    }
    return new Images(moved, labels);
  }

  /**
   * The images as batches of one channel each.
   *
   * @param shuffle whether they come in a new order each time, drawn by the engine
   */
  public ArrayDataset batches(NDManager manager, int size, boolean shuffle) {
    return new ArrayDataset.Builder()
        .setData(manager.create(pixels, new Shape(count(), 1, Digits.SIZE, Digits.SIZE)))
        .optLabels(manager.create(labels, new Shape(count(), 1)))
        .setSampling(size, shuffle)
        .build();
  }
}
