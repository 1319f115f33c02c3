package io.espalier.core.search;

import io.espalier.core.cost.ActivationsCost;
import io.espalier.core.cost.BytesCost;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.MacsCost;
import io.espalier.core.cost.ParamsCost;

/** What a budget counts, of what comes with Espalier. */
public enum Cost {
  /** Multiply-accumulate operations at batch 1. */
  MACS,
  /** Weights and biases. */
  PARAMS,
  /** Bytes of the file that is written. */
  BYTES,
  /** The most bytes of data that are held at one time, at batch 1. */
  ACTIVATIONS;

  /** Who counts it. */
  public CostHandler handler() {
    return switch (this) {
      case MACS -> new MacsCost();
      case PARAMS -> new ParamsCost();
      case BYTES -> new BytesCost();
      case ACTIVATIONS -> new ActivationsCost();
    };
  }

  /** How a sentence calls it. */
  @Override
  public String toString() {
    return handler().plural();
  }
}
