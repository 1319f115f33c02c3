package io.espalier.onnx.verify;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutParameter;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a manifest keeps on each edge, those that are listed twice put together. */
final class KeptEdges {
  private final Map<String, Map<Integer, List<Integer>>> edges = new HashMap<>();
  private final Set<List<Integer>> sets = new LinkedHashSet<>();

  KeptEdges(Manifest manifest) {
    for (CutParameter cut : manifest.parameters()) {
      edges
          .computeIfAbsent(key(cut.output(), cut.input()), key -> new TreeMap<>())
          .putAll(cut.keep());
      sets.addAll(cut.keep().values());
    }
  }

  private static String key(String output, int input) {
    return input + " " + output;
  }

  /** Whether an edge is listed. */
  boolean contains(String output, int input) {
    return edges.containsKey(key(output, input));
  }

  /**
   * The kept indices of each axis of a value that was cut; none for an edge that is not listed.
   *
   * @param output the first output of the node that reads it
   */
  Map<Integer, List<Integer>> of(String output, int input) {
    return edges.getOrDefault(key(output, input), Map.of());
  }

  /** Every kept set of the cut. */
  Set<List<Integer>> sets() {
    return sets;
  }
}
