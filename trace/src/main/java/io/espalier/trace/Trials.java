package io.espalier.trace;

import java.util.List;
import java.util.Map;

/**
 * What a network was solved at: lengths of open dimensions, and shapes that only a run of the
 * network told. A network carved from it is solved at the same. Immutable.
 */
public final class Trials {
  private final TrialSizes sizes;
  private final List<Map<String, long[]>> shapes;

  /**
   * @param shapes for each trial, shapes by the name of the tensor
   */
  Trials(TrialSizes sizes, List<Map<String, long[]>> shapes) {
    this.sizes = sizes;
    this.shapes = shapes.stream().map(Map::copyOf).toList();
  }

  TrialSizes sizes() {
    return sizes;
  }

  Map<String, long[]> shapes(int trial) {
    return shapes.get(trial);
  }
}
