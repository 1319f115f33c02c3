package io.espalier.core.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What data are asked for.
 *
 * @param location where they are: a file, a folder, or a word such as {@code random}
 * @param inputs the inputs of the network; all of them are to be filled
 * @param options what was told of the data, by the names of {@link DataSource#options}
 * @param samples how many samples to make up, where they are made up; at least 1
 * @param seed what they are made up from
 */
public record DataRequest(
    String location, List<InputSpec> inputs, Map<String, String> options, int samples, long seed) {
  /** How many samples are made up if nothing is said. */
  public static final int USUAL_SAMPLES = 512;

  public DataRequest {
    Objects.requireNonNull(location, "location");
    inputs = List.copyOf(inputs);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    if (samples < 1) {
      throw new DataException("there cannot be " + samples + " samples; ask for at least 1");
    }
  }

  /** All data of a file or folder, with nothing told of them. */
  public static DataRequest of(String location, List<InputSpec> inputs) {
    return new DataRequest(location, inputs, Map.of(), USUAL_SAMPLES, 0);
  }

  /** The same with one thing told of the data. */
  public DataRequest with(String option, String value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(option, value);
    return new DataRequest(location, inputs, more, samples, seed);
  }
}
