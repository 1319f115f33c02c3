package io.espalier.cli;

import io.espalier.core.values.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In fewer bits than the model has. */
final class QuantizeOptions {
  @Option(
      names = "--quantize",
      paramLabel = "PRECISION",
      description =
          "Write matrices and tables in eight bits, once all is cut: about a quarter of the bytes"
              + " (int8); or large tables in two bits a number (int8-codes).")
  private @Nullable String quantize;

  /** Whether it was asked for. */
  boolean given() {
    return quantize != null;
  }

  /**
   * What weights are written as; null for what they are.
   *
   * @throws io.espalier.spi.EspalierException if there is no such thing
   */
  @Nullable Precision precision() {
    return quantize == null ? null : Precision.of(quantize);
  }
}
