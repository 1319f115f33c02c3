package io.espalier.onnx.runtime;

import io.espalier.spi.EspalierException;

/**
 * A model that ONNX Runtime will not load or run, or inputs that do not fit it. The message is one
 * sentence: what, where, and what to do.
 */
public class OnnxRunException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public OnnxRunException(String message) {
    super(message);
  }

  public OnnxRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
