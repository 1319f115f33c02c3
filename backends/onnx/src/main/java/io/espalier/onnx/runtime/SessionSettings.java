package io.espalier.onnx.runtime;

import java.nio.file.Path;
import java.util.List;

/**
 * How ONNX Runtime runs a model.
 *
 * @param threads threads within an operator; 0 lets the runtime use every core
 * @param optimisation what it may do to the graph when it loads it
 * @param customOperators libraries of operators that it does not have itself
 */
public record SessionSettings(int threads, Optimisation optimisation, List<Path> customOperators) {

  /** How far a graph is rewritten when it is loaded: quick loading, or quick runs. */
  public enum Optimisation {
    NONE,
    BASIC,
    ALL
  }

  public SessionSettings {
    if (threads < 0) {
      throw new IllegalArgumentException("there cannot be " + threads + " threads");
    }
    customOperators = List.copyOf(customOperators);
  }

  /** Every core, every optimisation. */
  public static SessionSettings fast() {
    return new SessionSettings(0, Optimisation.ALL, List.of());
  }

  /** One thread, and the graph as it stands in the file: what to compare results with. */
  public static SessionSettings plain() {
    return new SessionSettings(1, Optimisation.NONE, List.of());
  }

  public SessionSettings withThreads(int count) {
    return new SessionSettings(count, optimisation, customOperators);
  }

  public SessionSettings withOptimisation(Optimisation level) {
    return new SessionSettings(threads, level, customOperators);
  }

  /** Libraries in the form that ONNX Runtime loads, as its documents on custom operators say. */
  public SessionSettings withCustomOperators(List<Path> libraries) {
    return new SessionSettings(threads, optimisation, libraries);
  }
}
