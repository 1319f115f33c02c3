package io.espalier.onnx.file;

/**
 * Bytes that are not protobuf. Never leaves the package: the reader that knows the file turns it
 * into a sentence.
 */
final class WireFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WireFormatException(String message) {
    super(message);
  }
}
