package io.espalier.onnx.runtime;

/**
 * How ONNX Runtime runs a model.
 *
 * @param threads threads within an operator; 0 lets the runtime use every core
 * @param optimisation what it may do to the graph when it loads it
 */
public record SessionSettings(int threads, Optimisation optimisation) {

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
  }

  /** Every core, every optimisation. */
  public static SessionSettings fast() {
    return new SessionSettings(0, Optimisation.ALL);
  }

  /** One thread, and the graph as it stands in the file: what to compare results with. */
  public static SessionSettings plain() {
    return new SessionSettings(1, Optimisation.NONE);
  }

  public SessionSettings withThreads(int count) {
    return new SessionSettings(count, optimisation);
  }

  public SessionSettings withOptimisation(Optimisation level) {
    return new SessionSettings(threads, level);
  }
}
