package io.espalier.core.values;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which weights of a network are written in fewer bits.
 *
 * @param parameters each edge on which such a weight meets data
 * @param left names of weights that stay what they are, each with the reason
 */
public record Quantisation(List<Manifest.Quantised> parameters, Map<String, String> left) {
  /** Every weight is written as it is. */
  public static final Quantisation NONE = new Quantisation(List.of(), Map.of());

  public Quantisation {
    parameters = List.copyOf(parameters);
    left = Collections.unmodifiableMap(new TreeMap<>(left));
  }
}
