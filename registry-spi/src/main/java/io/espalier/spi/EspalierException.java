package io.espalier.spi;

/**
 * Something the user gave cannot be used. The message is one sentence that says what, where, what
 * exists and what to do; it can be shown as it is.
 */
public class EspalierException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EspalierException(String message) {
    super(message);
  }

  public EspalierException(String message, Throwable cause) {
    super(message, cause);
  }
}
