package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.InputSpec;
import java.util.List;
import java.util.Set;

/**
 * Where an input for images has its channels.
 *
 * @param axis the axis of a sample that holds them; -1 if it has none, and is grey
 * @param channels how many there are
 */
record ChannelAxis(int axis, int channels) {
  /**
   * The channels of an input.
   *
   * @throws DataException if its shape is not that of images
   */
  static ChannelAxis of(InputSpec input) {
    try {
      return of(input.sampleShape());
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "input "
              + input
              + " does not read images: these have a batch, 1 or 3 channels, a height and a width,"
              + " in this order or with the channels last",
          e);
    }
  }

  /**
   * The channels of a sample.
   *
   * @param shape its shape: channels, height, width; or height, width, channels; or height, width
   * @throws IllegalArgumentException if it is none of these
   */
  static ChannelAxis of(List<Long> shape) {
    if (shape.size() == 2) {
      return new ChannelAxis(-1, 1);
    }
    if (shape.size() == 3) {
      // grey and colours first: an image may be as small as others have channels
      for (Set<Long> likely : List.of(Set.of(1L, 3L), Set.of(2L, 4L))) {
        for (int axis : new int[] {0, 2}) {
          if (likely.contains(shape.get(axis))) {
            return new ChannelAxis(axis, shape.get(axis).intValue());
          }
        }
      }
    }
    throw new IllegalArgumentException(shape + " is no image");
  }

  /** How many elements of a sample follow one another in one channel. */
  int inner(long[] shape) {
    long inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    return Math.toIntExact(inner);
  }

  /** The axis of the rows; the columns are the next. */
  int height() {
    return axis == 0 ? 1 : 0;
  }
}
