package io.espalier.onnx.file;

import io.espalier.spi.EspalierException;

/**
 * An ONNX file, or a part of one, that cannot be read or written. The message is one sentence for
 * the person who named the file: what went wrong, where, and what to do about it.
 */
public final class OnnxFileException extends EspalierException {
  private static final long serialVersionUID = 1L;

  public OnnxFileException(String message) {
    super(message);
  }

  public OnnxFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
