package io.espalier.core.data;

import io.espalier.spi.EspalierException;

/**
 * Data that cannot be used. The message is one sentence that names the file and what in it is
 * wrong.
 */
public final class DataException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
