package io.espalier.trace;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Runs a network for its shapes alone, where no rule and no declaration tells them. It is asked
 * only then; shapes are lengths of axes by the name of the tensor.
 */
public interface ShapeSource {
  /** Knows nothing. */
  ShapeSource NONE =
      new ShapeSource() {
        @Override
        public int firstThatRuns(List<List<Map<String, long[]>>> candidates) {
          return -1;
        }

        @Override
        public Map<String, long[]> shapes(Map<String, long[]> inputs, Collection<String> tensors) {
          return Map.of();
        }
      };

  /**
   * The first candidate at which the network runs; -1 if it runs at none, or cannot be run at all.
   *
   * @param candidates each a list of shapes of the inputs, at all of which it has to run
   */
  int firstThatRuns(List<List<Map<String, long[]>>> candidates);

  /**
   * The shapes of tensors when inputs of some shapes are fed. One whose shape depends on the values
   * that are fed is left out, and all are if the network does not run.
   */
  Map<String, long[]> shapes(Map<String, long[]> inputs, Collection<String> tensors);
}
