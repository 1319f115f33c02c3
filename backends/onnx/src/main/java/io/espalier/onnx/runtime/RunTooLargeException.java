package io.espalier.onnx.runtime;

/** A run that would take more memory than is allowed; nothing was allocated for it. */
public final class RunTooLargeException extends OnnxRunException {
  private static final long serialVersionUID = 1L;

  public RunTooLargeException(String message) {
    super(message);
  }
}
