package io.espalier.spi;

/**
 * A registry cannot be built, or two of its entries claim the same thing. The message names both
 * and where they are.
 */
public final class RegistryException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public RegistryException(String message) {
    super(message);
  }

  public RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
