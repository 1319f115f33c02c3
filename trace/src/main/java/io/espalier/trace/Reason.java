package io.espalier.trace;

/**
 * Why an axis may not change.
 *
 * @param node the name of the node, input or output that stopped it
 * @param op the operator there; empty for a graph input or output
 * @param text what stopped it, in words a user can act upon
 */
public record Reason(String node, String op, String text) {
  /** The reason of extents that no width stands behind, such as an axis of length 1. */
  static final Reason NUMBER = new Reason("", "", "a number");

  @Override
  public String toString() {
    return text;
  }
}
