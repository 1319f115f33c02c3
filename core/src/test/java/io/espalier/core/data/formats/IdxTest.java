package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays in the format of MNIST. */
class IdxTest {
  private static final InputSpec IMAGES = Made.input(ElementType.FLOAT32, -1L, 1L, 2L, 2L);

  @TempDir private Path dir = Path.of("");

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(dir.resolve(name), content);
  }

  private static byte[] images() {
    return Made.idx(8, Made.bytes(0, 1, 2, 3, 252, 253, 254, 255), 2, 2, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "images.idx, false",
    "t-images-idx3-ubyte, false",
    "t-images-idx3-ubyte.gz, true",
    "images.gz, true",
    "unnamed, false"
  })
  void bytesAreNumbersFrom0To255(String name, boolean zipped) throws IOException {
    Path file = write(name, zipped ? Made.gzip(images()) : images());
    DataArray read = Made.read(Made.request(file, IMAGES));
    assertArrayEquals(new long[] {2, 1, 2, 2}, read.shape());
    assertArrayEquals(new double[] {0, 1, 2, 3, 252, 253, 254, 255}, Made.numbers(read));
    assertEquals(1, Made.batches(Made.open(Made.request(file, IMAGES)), new int[] {1}, 4).size());
  }

  @ParameterizedTest
  @CsvSource({"9, 1", "11, 2", "12, 4", "13, 4", "14, 8"})
  void everyType(int type, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(2 * size);
    for (int i = 0; i < 2; i++) {
      int value = i == 0 ? -7 : 100;
      switch (type) {
        case 9 -> bytes.put((byte) value);
        case 11 -> bytes.putShort((short) value);
        case 12 -> bytes.putInt(value);
        case 13 -> bytes.putFloat(value);
        default -> bytes.putDouble(value);
      }
    }
    Path file = write("d.idx", Made.idx(type, bytes.array(), 2));
    DataArray read = Made.read(Made.request(file, Made.input(ElementType.FLOAT32, -1L)));
    assertArrayEquals(new double[] {-7, 100}, Made.numbers(read));
  }

  @Test
  void pixelsAreScaledAndNormalised() throws IOException {
    Path file = write("d.idx", images());
    DataArray read =
        Made.read(
            Made.request(file, IMAGES)
                .with("image-scale", "1/255")
                .with("image-mean", "0.5")
                .with("image-std", "0.25"));
    assertEquals((0 - 0.5) / 0.25, read.number(0), 1e-6);
    assertEquals((1 - 0.5) / 0.25, read.number(7), 1e-6);
  }

  @Test
  void filesThatAreDamagedOrLie() throws IOException {
    byte[] good = images();
    for (int length : new int[] {9, good.length - 1}) {
      Path file = write("d.idx", Arrays.copyOf(good, length));
      Made.assertRefused(Made.request(file, IMAGES), "d.idx breaks off");
    }
    Made.assertRefused(Made.request(write("d.idx", new byte[3]), IMAGES), "is no IDX array");
    Made.assertRefused(
        Made.request(write("d.idx", Made.idx(7, new byte[8], 2, 2, 2)), IMAGES), "no IDX array");
    Made.assertRefused(
        Made.request(write("d.gz", Made.gzip(Made.bytes(1, 2, 3, 4))), IMAGES),
        "is gzip of something that is no IDX array");
    Made.assertRefused(Made.request(write("d.gz", images()), IMAGES), "is no gzip file");
    byte[] zipped = Made.gzip(images());
    Made.assertRefused(
        Made.request(write("d.gz", Arrays.copyOf(zipped, zipped.length - 12)), IMAGES), "d.gz");
    Made.assertRefused(
        Made.request(write("d.gz", Made.gzip(Arrays.copyOf(good, good.length - 3))), IMAGES),
        "d.gz breaks off");
    Made.assertRefused(
        Made.request(write("d.gz", Made.gzip(Made.idx(8, new byte[4], 0x7fffffff, 2, 2))), IMAGES),
        "which cannot be compressed to");
    Made.assertRefused(
        Made.request(write("d.idx", Made.idx(8, new byte[4], -1, 2, 2)), IMAGES),
        "says that it holds 4294967295 samples");
    Made.assertRefused(
        Made.request(write("d.idx", Made.idx(8, new byte[0], 0, 2, 2)), IMAGES), "no samples");
    Made.assertRefused(
        Made.request(write("d.idx", Made.idx(8, new byte[8], 2, 4)), IMAGES),
        "samples of shape [4]");
  }
}
