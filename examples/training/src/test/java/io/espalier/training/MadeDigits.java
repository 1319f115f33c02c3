package io.espalier.training;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes drawn digits under the names, and in the format, of the MNIST test set. */
final class MadeDigits {
  private static final int DIFFERENT = 100;

  private MadeDigits() {}

  /**
   * Writes images and labels.
   *
   * @param count how many; the same few over and over again
   */
  static Path write(Path folder, int count) {
    Images few = Images.drawn(DIFFERENT, 1);
    float[] pixels = few.pixels();
    int size = Digits.SIZE * Digits.SIZE;
    try (DataOutputStream images = open(folder.resolve("t10k-images-idx3-ubyte.gz"));
        DataOutputStream labels = open(folder.resolve("t10k-labels-idx1-ubyte.gz"))) {
      for (int word : new int[] {0x803, count, Digits.SIZE, Digits.SIZE}) {
        images.writeInt(word);
      }
      labels.writeInt(0x801);
      labels.writeInt(count);
      byte[] image = new byte[size];
      for (int i = 0; i < count; i++) {
        for (int pixel = 0; pixel < size; pixel++) {
          image[pixel] = (byte) Math.round(255 * pixels[i % DIFFERENT * size + pixel]);
        }
        images.write(image);
        labels.write(few.label(i % DIFFERENT));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private static DataOutputStream open(Path file) throws IOException {
    return new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16));
  }
}
