package io.espalier.onnx.runtime;

import java.nio.file.Path;
import java.util.List;

/**
 * How ONNX Runtime runs a model.
 *
 * @param threads threads within an operator; 0 lets the runtime use every core
 * @param optimisation what it may do to the graph when it loads it
 * @param weights what it may do to weights when it loads a model
 * @param customOperators libraries of operators that it does not have itself
 */
public record SessionSettings(
    int threads, Optimisation optimisation, Weights weights, List<Path> customOperators) {

  /** How far a graph is rewritten when it is loaded: quick loading, or quick runs. */
  public enum Optimisation {
    NONE,
    BASIC,
    ALL
  }

  /** What is done to weights: quick runs, or no memory beside what they take already. */
  public enum Weights {
    /** The runtime may keep them once more, laid out as its operators read them. */
    LAID_OUT,
    /** They are read where they are. */
    IN_PLACE
  }

  public SessionSettings {
    if (threads < 0) {
      throw new IllegalArgumentException("there cannot be " + threads + " threads");
    }
    customOperators = List.copyOf(customOperators);
  }

  /** Every core, every optimisation. */
  public static SessionSettings fast() {
    return new SessionSettings(0, Optimisation.ALL, Weights.LAID_OUT, List.of());
  }

  /** One thread, and the graph as it stands in the file: what to compare results with. */
  public static SessionSettings plain() {
    return new SessionSettings(1, Optimisation.NONE, Weights.LAID_OUT, List.of());
  }

  /** As {@link #plain()}, for models of any size, of which weights are never copied. */
  public static SessionSettings sparing() {
    return new SessionSettings(1, Optimisation.NONE, Weights.IN_PLACE, List.of());
  }

  public SessionSettings withThreads(int count) {
    return new SessionSettings(count, optimisation, weights, customOperators);
  }

  public SessionSettings withOptimisation(Optimisation level) {
    return new SessionSettings(threads, level, weights, customOperators);
  }

  /** Libraries in the form that ONNX Runtime loads, as its documents on custom operators say. */
  public SessionSettings withCustomOperators(List<Path> libraries) {
    return new SessionSettings(threads, optimisation, weights, libraries);
  }
}
