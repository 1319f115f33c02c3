package io.espalier.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which places of a batch hold something, as its masks say: inputs of [samples, places] whose name
 * holds "mask", 0 where a text that is shorter than others is filled up. What a network computes at
 * such places nobody reads.
 */
public final class TokenMask {
  private static final int RANK = 2;

  private final List<DataArray> masks;

  private TokenMask(List<DataArray> masks) {
    this.masks = masks;
  }

  /** That of a batch. */
  public static TokenMask of(Batch batch) {
    List<DataArray> masks = new ArrayList<>();
    batch
        .arrays()
        .forEach(
            (name, array) -> {
              boolean mask = name.toLowerCase(Locale.ROOT).contains("mask");
              if (mask && array.shape().length == RANK && hidesSome(array)) {
                masks.add(array);
              }
            });
    return new TokenMask(masks);
  }

  private static boolean hidesSome(DataArray mask) {
    for (int i = 0; i < mask.size(); i++) {
      if (mask.number(i) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Which places of an output hold something.
   *
   * @param output of [samples, places, ...], as a mask; all places hold something where none is so
   * @return a value for each place of each sample
   * @throws IllegalArgumentException if the output has fewer than two axes
   */
  public boolean[] real(DataArray output) {
    long[] shape = output.shape();
    if (shape.length < RANK) {
      throw new IllegalArgumentException(output + " has no places");
    }
    boolean[] real = new boolean[Math.toIntExact(shape[0] * shape[1])];
    Arrays.fill(real, true);
    for (DataArray mask : masks) {
      for (int place = 0; isOf(mask, shape) && place < real.length; place++) {
        real[place] &= mask.number(place) != 0;
      }
    }
    return real;
  }

  /**
   * Which elements of an input hold something.
   *
   * @param input of any shape; all of it where no mask has this shape
   */
  public boolean[] realElements(DataArray input) {
    boolean[] real = new boolean[input.size()];
    Arrays.fill(real, true);
    for (DataArray mask : masks) {
      for (int i = 0; Arrays.equals(mask.shape(), input.shape()) && i < real.length; i++) {
        real[i] &= mask.number(i) != 0;
      }
    }
    return real;
  }

  private static boolean isOf(DataArray mask, long[] shape) {
    return shape.length > RANK && Arrays.equals(mask.shape(), 0, RANK, shape, 0, RANK);
  }

  private boolean hides(DataArray output) {
    long[] shape = output.shape();
    return masks.stream().anyMatch(mask -> isOf(mask, shape));
  }

  /** An output with zeros at hidden places; the output itself where nothing is hidden. */
  public DataArray blanked(DataArray output) {
    if (!hides(output) || !output.isFloating()) {
      return output;
    }
    boolean[] real = real(output);
    float[] values = new float[output.size()];
    output.floats().get(values);
    int width = values.length / real.length;
    for (int place = 0; place < real.length; place++) {
      if (!real[place]) {
        Arrays.fill(values, place * width, (place + 1) * width, 0);
      }
    }
    return DataArray.ofFloats(output.type(), values, output.shape());
  }

  /** How many numbers of an output are not hidden. */
  public long shown(DataArray output) {
    if (!hides(output)) {
      return output.size();
    }
    boolean[] real = real(output);
    long shown = 0;
    for (boolean place : real) {
      shown += place ? output.size() / real.length : 0;
    }
    return shown;
  }
}
