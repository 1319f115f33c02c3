package io.espalier.core.data.formats;

import io.espalier.core.data.DataArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Arrays of single samples, put together. */
final class Rows {
  private Rows() {}

  static boolean alike(@Nullable DataArray a, @Nullable DataArray b) {
    return a != null && b != null && Arrays.equals(a.shape(), b.shape());
  }

  /** One array of samples of one type and shape, with an axis for the sample in front. */
  static DataArray stack(List<DataArray> samples) {
    DataArray first = Objects.requireNonNull(samples.get(0));
    int length = first.size();
    long[] shape = new long[first.shape().length + 1];
    shape[0] = samples.size();
    System.arraycopy(first.shape(), 0, shape, 1, shape.length - 1);
    int count = Math.multiplyExact(length, samples.size());
    if (first.isFloating()) {
      float[] values = new float[count];
      for (int i = 0; i < samples.size(); i++) {
        samples.get(i).floats().get(values, i * length, length);
      }
      return DataArray.ofFloats(first.type(), values, shape);
    }
    long[] values = new long[count];
    for (int i = 0; i < samples.size(); i++) {
      samples.get(i).longs().get(values, i * length, length);
    }
    return DataArray.ofLongs(first.type(), values, shape);
  }
}
