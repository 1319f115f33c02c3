package io.espalier.core.data.formats;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** One array of a {@code .npy} file as it stands there, of any rank: an input, and not samples. */
public final class WholeArray {
  private WholeArray() {}

  /**
   * Reads the array.
   *
   * @throws DataException if the file cannot be read, holds no numbers, an element that is none, or
   *     is in Fortran's order
   */
  public static DataArray read(Path file) {
    String what = file.toString();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      NpyHeader header = NpyHeader.read(what, in);
      byte[] elements = in.readAllBytes();
      return decode(what, header, elements);
    } catch (IOException e) {
      throw DataFiles.unreadable(what, e);
    }
  }

  private static DataArray decode(String what, NpyHeader header, byte[] elements) {
    ElementFormat format = header.format();
    long[] shape = header.shape().stream().mapToLong(Long::longValue).toArray();
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (count * format.bytes() != elements.length) {
      throw new DataException(
          what
              + " holds "
              + elements.length
              + " bytes of elements, not those of "
              + format.type()
              + Arrays.toString(shape)
              + "; get the whole file");
    }
    if (header.fortran()) {
      throw new DataException(
          what + " is in Fortran's order; save numpy.ascontiguousarray of it instead");
    }
    ByteBuffer bytes = ByteBuffer.wrap(elements).order(format.order());
    if (!format.type().isFloating()) {
      long[] values = new long[(int) count];
      Arrays.setAll(values, i -> format.integer(bytes, i));
      return DataArray.ofLongs(format.type(), values, shape);
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) format.floating(bytes, i);
      if (Float.isNaN(values[i])) {
        throw new DataException(what + ", element " + i + " is not a number");
      }
    }
    return DataArray.ofFloats(format.type(), values, shape);
  }
}
