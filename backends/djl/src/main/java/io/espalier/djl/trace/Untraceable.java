package io.espalier.djl.trace;

/**
 * A forward pass does what cannot be recorded as operators on tensors. The message ends a sentence
 * that starts with the block.
 */
final class Untraceable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Untraceable(String message) {
    super(message);
  }
}
