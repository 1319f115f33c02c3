package io.espalier.core.search;

/** What a budget counts. */
public enum Cost {
  /** Multiply-accumulate operations at batch 1. */
  MACS("MACs"),
  /** Weights and biases. */
  PARAMS("parameters");

  private final String plural;

  Cost(String plural) {
    this.plural = plural;
  }

  /** How a sentence calls it. */
  @Override
  public String toString() {
    return plural;
  }
}
