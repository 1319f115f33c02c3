package io.espalier.trace;

/**
 * Why an axis may not change.
 *
 * @param node the name of the node, input or output that stopped it
 * @param op the operator there; empty for a graph input or output
 * @param text what stopped it, in words a user can act upon
 */
public record Reason(String node, String op, String text) {
  /** Of an axis that nothing stands on, as what nothing is joined to. */
  static final Reason EMPTY = new Reason("", "", "it has no elements");

  @Override
  public String toString() {
    return text;
  }
}
