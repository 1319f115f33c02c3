package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * An array in a file, whose header has been read.
 *
 * @param what how a message names it: the file, and the entry in it
 * @param format how its elements are written
 * @param shape its dimensions; the first is the sample's
 * @param fortran whether the first index changes fastest
 * @param content opens its elements
 */
record StoredArray(
    String what, ElementFormat format, List<Long> shape, boolean fortran, Content content) {

  /** The elements of an array, from the first on. */
  @FunctionalInterface
  interface Content {
    InputStream open() throws IOException;
  }

  StoredArray {
    shape = List.copyOf(shape);
    if (shape.isEmpty()) {
      throw new DataException(
          what + " holds a single number; the first axis of data is the sample");
    }
    if (shape.get(0) > Integer.MAX_VALUE) {
      throw new DataException(what + " says that it holds " + shape.get(0) + " samples; split it");
    }
    if (shape.get(0) == 0) {
      throw new DataException(what + " holds no samples; give some");
    }
    long elements = 1;
    for (long size : shape) {
      if (size < 1) {
        throw new DataException(what + " holds no elements: its shape is " + Fit.text(shape));
      }
      if (elements > Long.MAX_VALUE / 16 / size) {
        throw new DataException(
            what + " says that its shape is " + Fit.text(shape) + ", which no file can hold");
      }
      elements *= size;
    }
    if (elements / shape.get(0) * format.bytes() > Integer.MAX_VALUE - 8) {
      throw new DataException(what + " holds samples of more than 2 GB; give smaller ones");
    }
  }

  int count() {
    return Math.toIntExact(shape.get(0));
  }

  List<Long> sampleShape() {
    return shape.subList(1, shape.size());
  }

  /** Elements of a sample. */
  int sampleElements() {
    return Math.toIntExact(sampleShape().stream().reduce(1L, Math::multiplyExact));
  }

  /** Bytes of a sample. */
  int sampleBytes() {
    return sampleElements() * format.bytes();
  }

  /** Bytes of all elements. */
  long bytes() {
    return (long) count() * sampleBytes();
  }

  /**
   * Checks that the elements are there.
   *
   * @param present how many bytes there are
   * @throws DataException if they are fewer, or more, than the header says
   */
  void requireBytes(long present) {
    if (present < bytes()) {
      throw new DataException(
          what
              + " breaks off: its header says "
              + format.type()
              + Fit.text(shape)
              + ", which takes up "
              + bytes()
              + " bytes, and there are "
              + present
              + "; get the whole file");
    }
    if (present > bytes()) {
      throw new DataException(
          what
              + " goes on behind its end: its header says "
              + format.type()
              + Fit.text(shape)
              + ", which takes up "
              + bytes()
              + " bytes, and there are "
              + present
              + "; write it anew");
    }
  }

  /**
   * Checks that the elements can be there, where they are compressed.
   *
   * @param compressed how many bytes they were compressed to
   */
  void requireCompressed(long compressed) {
    // deflate cannot do better than 1032 to 1
    if (bytes() / 1032 > compressed) {
      throw new DataException(
          what
              + " says "
              + format.type()
              + Fit.text(shape)
              + ", which cannot be compressed to "
              + compressed
              + " bytes; get the whole file");
    }
  }
}
