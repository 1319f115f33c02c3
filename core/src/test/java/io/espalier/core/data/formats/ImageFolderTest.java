package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of images. */
class ImageFolderTest {
  private static final InputSpec COLOURS = Made.input(ElementType.FLOAT32, -1L, 3L, 4L, 4L);
  private static final InputSpec GREY = Made.input(ElementType.FLOAT32, -1L, 1L, 4L, 4L);

  @TempDir private Path dir = Path.of("");

  /** An image of one colour, the pixel in the corner apart. */
  private Path image(String name, int height, int width, int colour, int corner)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x == 0 && y == 0 ? corner : colour);
      }
    }
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  private DataRequest request(InputSpec input) {
    return DataRequest.of(dir.toString(), List.of(input));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "tiff"})
  void channelsFirst(String format) throws IOException {
    image("a." + format, 4, 4, 0x0A141E, 0xFF0080);
    DataArray read = Made.read(request(COLOURS));
    assertArrayEquals(new long[] {1, 3, 4, 4}, read.shape());
    double[] numbers = Made.numbers(read);
    assertArrayEquals(new double[] {255, 10}, Arrays.copyOfRange(numbers, 0, 2));
    assertArrayEquals(new double[] {0, 20}, Arrays.copyOfRange(numbers, 16, 18));
    assertArrayEquals(new double[] {128, 30}, Arrays.copyOfRange(numbers, 32, 34));
  }

  @Test
  void channelsLastBlueFirstAndNormalised() throws IOException {
    image("a.png", 4, 4, 0x0A141E, 0xFF0080);
    InputSpec last = Made.input(ElementType.FLOAT32, -1L, 4L, 4L, 3L);
    double[] plain = Made.numbers(Made.read(request(last)));
    assertArrayEquals(new double[] {255, 0, 128, 10, 20, 30}, Arrays.copyOf(plain, 6));
    double[] changed =
        Made.numbers(
            Made.read(
                request(last)
                    .with("image-order", "BGR")
                    .with("image-scale", "0.5")
                    .with("image-mean", "1,2,3")
                    .with("image-std", "2")));
    assertArrayEquals(new double[] {31.5, -1, 62.25, 7, 4, 1}, Arrays.copyOf(changed, 6), 1e-6);
    InputSpec bytes = Made.input(ElementType.UINT8, -1L, 4L, 4L, 3L);
    assertArrayEquals(plain, Made.numbers(Made.read(request(bytes))));
  }

  @Test
  void greyIsAsTheFileHasIt() throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 77);
    ImageIO.write(image, "png", dir.resolve("a.png").toFile());
    assertEquals(77, Made.read(request(GREY)).number(1));
    assertEquals(77, Made.read(request(COLOURS)).number(33));
    InputSpec flat = Made.input(ElementType.FLOAT32, -1L, 4L, 4L);
    assertArrayEquals(new long[] {1, 4, 4}, Made.read(request(flat)).shape());
  }

  @Test
  void coloursBecomeGreyByTheirBrightness() throws IOException {
    image("a.png", 4, 4, 0xFF0000, 0x00FF00);
    double[] grey = Made.numbers(Made.read(request(GREY)));
    assertEquals(0.587 * 255, grey[0], 0.01);
    assertEquals(0.299 * 255, grey[1], 0.01);
  }

  @Test
  void imagesAreBroughtToASizeWithoutDistortion() throws IOException {
    // the left quarter of a wide image is cut off with its corner, the rest has one colour
    image("a.png", 8, 16, 0x404040, 0xFFFFFF);
    double[] small = Made.numbers(Made.read(request(GREY)));
    assertTrue(Arrays.stream(small).allMatch(v -> Math.abs(v - 64) < 0.01));
    InputSpec open = Made.input(ElementType.FLOAT32, -1L, 1L, -1L, -1L);
    assertArrayEquals(
        new long[] {1, 1, 6, 6}, Made.read(request(open).with("image-size", "6")).shape());
    assertArrayEquals(
        new long[] {1, 1, 6, 3}, Made.read(request(open).with("image-size", "6x3")).shape());
    assertArrayEquals(new long[] {1, 1, 8, 16}, Made.read(request(open)).shape());
    double[] large = Made.numbers(Made.read(request(open).with("image-size", "16")));
    assertTrue(Arrays.stream(large).allMatch(v -> Math.abs(v - 64) < 0.01));
  }

  @Test
  void imagesComeInTheOrderOfTheirPaths() throws IOException {
    image("b.png", 4, 4, 0x020202, 0x020202);
    image("a/z.png", 4, 4, 0x010101, 0x010101);
    image("c.png", 4, 4, 0x030303, 0x030303);
    Files.writeString(dir.resolve("labels.txt"), "0\n1\n");
    Files.writeString(dir.resolve(".hidden"), "x");
    Samples samples = Made.open(request(GREY));
    assertEquals(3, samples.count());
    assertEquals("a/z.png", samples.describe(0));
    double[] two = Made.numbers(Made.batches(samples, new int[] {0, 2}, 2).get(0).array("x"));
    assertEquals(1, two[0], 1e-6);
    assertEquals(3, two[16], 1e-6);
  }

  @Test
  void imagesThatCannotBeRead() throws IOException {
    Made.assertRefused(request(GREY), "there are no images");
    Path good = image("a.png", 64, 64, 0x123456, 0);
    Path bad = dir.resolve("b.png");
    Files.writeString(bad, "this is no image");
    Made.assertRefused(request(GREY), "b.png is no image that Java reads");
    byte[] bytes = Files.readAllBytes(good);
    Files.write(bad, Arrays.copyOf(bytes, bytes.length / 2));
    Made.assertRefused(request(GREY), "b.png cannot be read as an image");
    byte[] huge = bytes.clone();
    huge[16] = 0x10; // the width in the header
    huge[20] = 0x10;
    Files.write(bad, huge);
    Made.assertRefused(request(GREY), "b.png");
    Files.write(bad, new byte[0]);
    Made.assertRefused(request(GREY), "b.png is no image");
  }

  @Test
  void aPhotographThatBreaksOff() throws IOException {
    Path file = image("a.jpg", 200, 200, 0x123456, 0);
    BufferedImage noisy = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 40_000; i++) {
      noisy.setRGB(i % 200, i / 200, i * 2654435 & 0xffffff);
    }
    ImageIO.write(noisy, "jpg", file.toFile());
    assertEquals(48, Made.read(request(COLOURS)).size());
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    Made.assertRefused(request(COLOURS), "a.jpg cannot be read as an image");
  }

  @Test
  void inputsAndOptionsThatDoNotFit() throws IOException {
    image("a.png", 4, 4, 0, 0);
    image("b.png", 4, 5, 0, 0);
    InputSpec open = Made.input(ElementType.FLOAT32, -1L, 1L, -1L, -1L);
    Made.assertRefused(request(open), "b.png is 4 by 5 pixels", "--image-size");
    InputSpec table = Made.input(ElementType.FLOAT32, -1L, 16L);
    Made.assertRefused(request(table), "does not read images");
    InputSpec two = Made.input(ElementType.FLOAT32, -1L, 2L, 4L, 4L);
    Made.assertRefused(request(two), "2 channels");
    Made.assertRefused(request(GREY).with("image-size", "5"), "does not fit input");
    Made.assertRefused(request(GREY).with("image-size", "0"), "--image-size is \"0\"");
    Made.assertRefused(request(GREY).with("image-order", "GBR"), "write RGB or BGR");
    Made.assertRefused(request(GREY).with("image-std", "0"), "numbers above 0");
    Made.assertRefused(request(GREY).with("image-mean", "a"), "--image-mean is \"a\"");
    Made.assertRefused(request(GREY).with("image-scale", "1,2"), "one number");
    Made.assertRefused(request(GREY).with("image-scale", "NaN"), "finite");
    Made.assertRefused(request(COLOURS).with("image-mean", "1,2"), "give 2 channels", "has 3");
    Made.assertRefused(
        request(COLOURS).with("image-mean", "1,2,3").with("image-std", "1,2"), "equally many");
    InputSpec bytes = Made.input(ElementType.UINT8, -1L, 3L, 4L, 4L);
    Made.assertRefused(request(bytes).with("image-scale", "1/255"), "whole numbers");
    Made.assertRefused(request(GREY).with("tokenizer", "t.json"), "--tokenizer says nothing of");
  }
}
