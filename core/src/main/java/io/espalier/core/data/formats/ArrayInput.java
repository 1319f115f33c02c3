package io.espalier.core.data.formats;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An array in a file as an input reads it.
 *
 * @param array the array
 * @param input the input
 * @param pixels what happens to its numbers; nothing where they are no pixels
 */
record ArrayInput(StoredArray array, InputSpec input, PixelValues pixels) {

  /**
   * An array for an input.
   *
   * @throws DataException if it does not fit
   */
  static ArrayInput of(StoredArray array, InputSpec input, PixelValues pixels) {
    Fit.requireType(array.what(), array.format().type(), input);
    Fit.shape(array.what(), array.sampleShape(), input);
    return new ArrayInput(array, input, pixels);
  }

  /** The shape of a sample as the input reads it. */
  long[] sampleShape() {
    return Fit.shape(array.what(), array.sampleShape(), input);
  }

  /**
   * Decodes samples that follow one another in a buffer.
   *
   * @param bytes their elements; sample by sample, row-major
   * @param samples which samples they are
   * @throws DataException if an element does not fit the input's type
   */
  DataArray decode(ByteBuffer bytes, int[] samples) {
    long[] sampleShape = sampleShape();
    long[] shape = new long[sampleShape.length + 1];
    shape[0] = samples.length;
    System.arraycopy(sampleShape, 0, shape, 1, sampleShape.length);
    int count = samples.length * array.sampleElements();
    if (!input.type().isFloating()) {
      return DataArray.ofLongs(input.type(), longs(bytes, count, samples), shape);
    }
    float[] values = floats(bytes, count, samples);
    pixels.apply(values, sampleShape);
    return DataArray.ofFloats(input.type(), values, shape);
  }

  private long[] longs(ByteBuffer bytes, int count, int[] samples) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = integer(bytes, i, samples);
    }
    return values;
  }

  private float[] floats(ByteBuffer bytes, int count, int[] samples) {
    float[] values = new float[count];
    if (array.format().type().isFloating()) {
      for (int i = 0; i < count; i++) {
        double value = array.format().floating(bytes, i);
        if (!input.type().holds(value)) {
          throw unfit(i, samples, Double.toString(value));
        }
        values[i] = (float) value;
      }
    } else {
      for (int i = 0; i < count; i++) {
        values[i] = (float) integer(bytes, i, samples);
      }
    }
    return values;
  }

  private long integer(ByteBuffer bytes, int index, int[] samples) {
    long value = array.format().integer(bytes, index);
    if (value < 0 && array.format().type() == ElementType.UINT64) {
      throw unfit(index, samples, Long.toUnsignedString(value));
    }
    if (!input.type().holds(value)) {
      throw unfit(index, samples, Long.toString(value));
    }
    return value;
  }

  private DataException unfit(int index, int[] samples, String value) {
    int length = array.sampleElements();
    return new DataException(
        array.what()
            + ", sample "
            + samples[index / length]
            + ", element "
            + position(array.sampleShape(), index % length)
            + " is "
            + value
            + (value.equals("NaN") || value.endsWith("Infinity")
                ? ", and every element must be a finite number"
                : ", which input '"
                    + input.name()
                    + "' of "
                    + input.type()
                    + " cannot hold exactly; give smaller numbers"));
  }

  static String position(List<Long> shape, int index) {
    long[] at = new long[shape.size()];
    long rest = index;
    for (int axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = rest % shape.get(axis);
      rest /= shape.get(axis);
    }
    return Fit.text(at);
  }
}
