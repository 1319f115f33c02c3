package io.espalier.djl.trace.values;

/**
 * A forward pass does what cannot be recorded as operators on tensors. The message ends a sentence
 * that starts with the block.
 */
public final class Untraceable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Untraceable(String message) {
    super(message);
  }
}
