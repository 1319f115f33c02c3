package io.espalier.trace;

import io.espalier.spi.EspalierException;

/** A network cannot be analysed. The message says what, where, and what to do. */
public final class TraceException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public TraceException(String message) {
    super(message);
  }

  public TraceException(String message, Throwable cause) {
    super(message, cause);
  }
}
