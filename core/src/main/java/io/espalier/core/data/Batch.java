package io.espalier.core.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Some samples, together. Immutable. */
public final class Batch {
  private final int[] samples;
  private final Map<String, DataArray> arrays;

  /**
   * @param samples the positions of the samples in the data, in the order of the arrays' rows
   * @param arrays an array for each input, by its name; the first axis of each is the sample
   */
  public Batch(int[] samples, Map<String, DataArray> arrays) {
    this.samples = samples.clone();
    this.arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }

  /** The positions of the samples in the data, as a copy. */
  public int[] samples() {
    return samples.clone();
  }

  /** How many samples there are. */
  public int size() {
    return samples.length;
  }

  /**
   * The array of an input.
   *
   * @throws IllegalArgumentException if there is none
   */
  public DataArray array(String input) {
    DataArray array = arrays.get(input);
    if (array == null) {
      throw new IllegalArgumentException("there is no array of input '" + input + "'");
    }
    return array;
  }

  /** The arrays by the name of the input. */
  public Map<String, DataArray> arrays() {
    return arrays;
  }
}
