package io.espalier.core.checks;

/** Something does not hold that must hold after a stage: a bug, here or in a plugin. */
public final class CheckException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final String check;

  CheckException(String check, String message) {
    super(message);
    this.check = check;
  }

  /** The name of the check: what must hold. */
  public String check() {
    return check;
  }
}
