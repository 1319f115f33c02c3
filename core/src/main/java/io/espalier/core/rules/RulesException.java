package io.espalier.core.rules;

import io.espalier.spi.EspalierException;

/**
 * Rules that cannot be read, or that speak of a type, an option, a value or a layer that does not
 * exist.
 */
public final class RulesException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public RulesException(String message) {
    super(message);
  }

  public RulesException(String message, Throwable cause) {
    super(message, cause);
  }
}
