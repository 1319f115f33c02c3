package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Images in files, in whatever format this Java reads: PNG, JPEG, GIF, BMP, TIFF. */
final class ImageFile {
  /** As many pixels as a very good camera takes; a guard against files that lie. */
  private static final long MOST_PIXELS = 1L << 28;

  private static final int BYTE = 8;

  private ImageFile() {}

  /** Height and width in pixels. */
  record Size(int height, int width) {}

  /**
   * Reads the header of an image.
   *
   * @return its size
   * @throws DataException if it is none
   */
  static Size requireImage(Path file) {
    return with(file, (reader, stream) -> size(file, reader));
  }

  /**
   * Reads an image.
   *
   * @return its pixels
   * @throws DataException if it cannot be read whole
   */
  static Pixels read(Path file) {
    return with(
        file,
        (reader, stream) -> {
          size(file, reader);
          List<String> warnings = new ArrayList<>();
          reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
          BufferedImage image = reader.read(0);
          // the JPEG reader fills up what is missing, and only warns
          for (String warning : warnings) {
            String folded = warning.toLowerCase(Locale.ROOT);
            if (folded.contains("premature") || folded.contains("corrupt")) {
              throw new IOException(warning);
            }
          }
          return pixels(image);
        });
  }

  private static Size size(Path file, ImageReader reader) throws IOException {
    int height = reader.getHeight(0);
    int width = reader.getWidth(0);
    if (height < 1 || width < 1 || (long) height * width > MOST_PIXELS) {
      throw new DataException(
          file + " says that it is " + height + " by " + width + " pixels large; take it out");
    }
    return new Size(height, width);
  }

  private interface Work<T> {
    T with(ImageReader reader, ImageInputStream stream) throws IOException;
  }

  private static <T> T with(Path file, Work<T> work) {
    try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers =
          stream == null ? List.<ImageReader>of().iterator() : ImageIO.getImageReaders(stream);
      if (stream == null || !readers.hasNext()) {
        throw new DataException(
            file
                + " is no image that Java reads (PNG, JPEG, GIF, BMP, TIFF); convert it, or take it"
                + " out of the folder");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return work.with(reader, stream);
      } finally {
        reader.dispose();
      }
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // readers of ImageIO throw all kinds of things at files that are damaged
      String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new DataException(
          file + " cannot be read as an image: " + message + "; mend it, or take it out", e);
    }
  }

  private static Pixels pixels(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    ColorModel model = image.getColorModel();
    if (model instanceof ComponentColorModel
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && model.getComponentSize(0) >= BYTE
        && image.getRaster().getTransferType() <= java.awt.image.DataBuffer.TYPE_USHORT) {
      return grey(image.getRaster(), model.getComponentSize(0) - BYTE, height, width);
    }
    float[][] channels = new float[3][height * width];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        channels[0][y * width + x] = (row[x] >> 16) & 0xff;
        channels[1][y * width + x] = (row[x] >> 8) & 0xff;
        channels[2][y * width + x] = row[x] & 0xff;
      }
    }
    return new Pixels(height, width, List.of(channels));
  }

  /** As the file has them: Java would make them brighter, believing them to be linear. */
  private static Pixels grey(Raster raster, int shift, int height, int width) {
    float[] values = new float[height * width];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        values[y * width + x] = row[x] >> shift;
      }
    }
    return new Pixels(height, width, List.of(values));
  }
}
