package io.espalier.onnx.file;

/**
 * Where one protobuf field stands in a buffer.
 *
 * @param number the field's number
 * @param wireType 0 varint, 1 fixed 64 bits, 2 length-delimited, 5 fixed 32 bits
 * @param start offset of the tag
 * @param bodyStart offset of the first byte after the tag and, for wire type 2, after the length
 * @param end offset after the last byte
 */
record Field(int number, int wireType, int start, int bodyStart, int end) {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int FIXED32 = 5;

  /** Number of bytes of the body, without tag and length. */
  int length() {
    return end - bodyStart;
  }

  /** This field, if it has the given wire type. */
  Field require(int expected, String what) {
    if (wireType != expected) {
      throw new WireFormatException(what + " at byte " + start + " has wire type " + wireType);
    }
    return this;
  }
}
