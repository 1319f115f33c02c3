package io.espalier.core.data.formats;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads samples of one array, forwards. */
final class ArrayReader implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final ArrayInput input;
  private final StoredArray array;
  private final InputStream content;
  private int next;

  /** All elements, where the first index changes fastest and samples are not in one piece. */
  private byte @Nullable [] whole;

  private ArrayReader(ArrayInput input, InputStream content) {
    this.input = input;
    this.array = input.array();
    this.content = content;
  }

  /**
   * Opens the elements of an array.
   *
   * @throws DataException if they cannot be opened
   */
  static ArrayReader open(ArrayInput input) {
    try {
      return new ArrayReader(
          input, new BufferedInputStream(input.array().content().open(), BUFFER));
    } catch (IOException e) {
      throw unreadable(input.array(), e);
    }
  }

  /**
   * Reads samples.
   *
   * @param samples their positions, ascending, behind those that were read before
   */
  DataArray read(int[] samples) {
    int bytes = array.sampleBytes();
    if ((long) samples.length * bytes > Integer.MAX_VALUE - 8) {
      throw new DataException(
          array.what()
              + ": a batch of "
              + samples.length
              + " samples takes up more than 2 GB; read fewer at a time");
    }
    byte[] chosen = new byte[samples.length * bytes];
    try {
      for (int i = 0; i < samples.length; i++) {
        if (array.fortran()) {
          gather(samples[i], chosen, i * bytes);
        } else {
          content.skipNBytes((long) (samples[i] - next) * bytes);
          readFully(chosen, i * bytes, bytes);
          next = samples[i] + 1;
        }
      }
    } catch (IOException e) {
      throw unreadable(array, e);
    }
    return input.decode(ByteBuffer.wrap(chosen).order(array.format().order()), samples);
  }

  private void readFully(byte[] into, int offset, int length) throws IOException {
    if (content.readNBytes(into, offset, length) < length) {
      throw new EOFException();
    }
  }

  /** Picks the elements of a sample out of an array in Fortran's order. */
  private void gather(int sample, byte[] into, int offset) throws IOException {
    byte[] all = whole();
    List<Long> shape = array.shape();
    int size = array.format().bytes();
    long[] strides = new long[shape.size()];
    strides[0] = size;
    for (int axis = 1; axis < strides.length; axis++) {
      strides[axis] = strides[axis - 1] * shape.get(axis - 1);
    }
    for (int element = 0; element < array.sampleElements(); element++) {
      long from = sample * strides[0];
      long rest = element;
      for (int axis = strides.length - 1; axis > 0; axis--) {
        from += rest % shape.get(axis) * strides[axis];
        rest /= shape.get(axis);
      }
      System.arraycopy(all, Math.toIntExact(from), into, offset + element * size, size);
    }
  }

  private byte[] whole() throws IOException {
    if (whole == null) {
      if (array.bytes() > Integer.MAX_VALUE - 8) {
        throw new DataException(
            array.what()
                + " holds more than 2 GB in Fortran's order, in which no sample can be read by"
                + " itself; save it in C order");
      }
      byte[] all = new byte[Math.toIntExact(array.bytes())];
      readFully(all, 0, all.length);
      whole = all;
    }
    return whole;
  }

  private static DataException unreadable(StoredArray array, IOException e) {
    return new DataException(
        e instanceof EOFException
            ? array.what()
                + " breaks off: its header says "
                + array.format().type()
                + Fit.text(array.shape())
                + ", and there is less; get the whole file"
            : array.what() + " cannot be read: " + e.getMessage() + "; check the file",
        e);
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException e) {
      // all that was wanted has been read
    }
  }
}
