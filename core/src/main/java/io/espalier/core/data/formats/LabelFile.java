package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Labels of samples, an integer each: a {@code .npy} file, an IDX file or {@code .gz} of one, or
 * text with one a line.
 */
public final class LabelFile {
  private LabelFile() {}

  /**
   * Reads labels.
   *
   * @return the label of each sample
   * @throws DataException if a label is no integer of 32 bits, or the file cannot be read
   */
  public static int[] read(String location) {
    Path file = DataFiles.file(location);
    if (DataFiles.ends(location, ".npy")) {
      return integers(NpySource.array(location, file));
    }
    return IdxSource.isIdx(location)
        ? integers(IdxSource.array(location, file))
        : text(location, file);
  }

  private static int[] integers(StoredArray array) {
    if (array.sampleElements() != 1 || array.format().type().isFloating()) {
      throw new DataException(
          array.what()
              + " holds "
              + array.format().type()
              + Fit.text(array.shape())
              + ", and labels are one integer a sample");
    }
    int count = array.count();
    int size = array.format().bytes();
    if (array.bytes() > Integer.MAX_VALUE - 8) {
      throw new DataException(array.what() + " holds too many labels: " + count);
    }
    try (var in = array.content().open()) {
      byte[] bytes = in.readNBytes(count * size);
      array.requireBytes(bytes.length);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(array.format().order());
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        long label = array.format().integer(buffer, i);
        if (label != (int) label) {
          throw new DataException(array.what() + ", sample " + i + " is " + label + ", no label");
        }
        labels[i] = (int) label;
      }
      return labels;
    } catch (IOException e) {
      throw DataFiles.unreadable(array.what(), e);
    }
  }

  private static int[] text(String location, Path file) {
    int[] labels = new int[16];
    int count = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 1;
      int blank = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        String label = line.strip();
        if (label.isEmpty()) {
          blank = blank == 0 ? number : blank;
          continue;
        }
        if (blank > 0) {
          throw new DataException(
              location + ", line " + blank + " is empty; write one label a line");
        }
        if (count == labels.length) {
          labels = Arrays.copyOf(labels, 2 * count);
        }
        try {
          labels[count++] = Integer.parseInt(label);
        } catch (NumberFormatException e) {
          throw new DataException(
              location
                  + ", line "
                  + number
                  + " is "
                  + (label.length() > 40 ? "no integer" : "\"" + label + "\", which is no integer")
                  + "; write one label a line",
              e);
        }
      }
    } catch (MalformedInputException e) {
      throw new DataException(
          location + " is neither text nor an array; give labels as .npy, IDX, or one a line", e);
    } catch (IOException e) {
      throw DataFiles.unreadable(location, e);
    }
    if (count == 0) {
      throw new DataException(location + " holds no labels; write one integer a line");
    }
    return Arrays.copyOf(labels, count);
  }
}
