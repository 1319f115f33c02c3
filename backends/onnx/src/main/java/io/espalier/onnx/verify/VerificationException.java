package io.espalier.onnx.verify;

import io.espalier.spi.EspalierException;

/** A manifest that does not fit the model, or that asks for what the masked reference cannot do. */
public final class VerificationException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public VerificationException(String message) {
    super(message);
  }
}
