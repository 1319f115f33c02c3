package io.espalier.onnx.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message in a buffer, without copying and without allocating for
 * their contents.
 */
final class WireReader {
  private static final int MAX_VARINT_BYTES = 10;

  private final ByteBuffer buffer;
  private final int limit;
  private int position;

  /** A reader of the message that occupies bytes {@code start} to {@code end} of the buffer. */
  WireReader(ByteBuffer buffer, int start, int end) {
    this.buffer = buffer;
    this.position = start;
    this.limit = end;
  }

  static WireReader of(ByteBuffer buffer, Field message) {
    return new WireReader(buffer, message.bodyStart(), message.end());
  }

  boolean hasMore() {
    return position < limit;
  }

  /** Steps over the next field. */
  Field next() {
    int start = position;
    long tag = varint();
    int wireType = (int) (tag & 7);
    long number = tag >>> 3;
    if (number == 0 || number > (1 << 29) - 1) {
      throw new WireFormatException("there is no protobuf field at byte " + start);
    }
    int bodyStart = position;
    switch (wireType) {
      case Field.VARINT -> varint();
      case Field.FIXED64 -> skip(Long.BYTES);
      case Field.FIXED32 -> skip(Integer.BYTES);
      case Field.LENGTH_DELIMITED -> {
        long length = varint();
        bodyStart = position;
        skip(length);
      }
      default ->
          throw new WireFormatException("unknown wire type " + wireType + " at byte " + start);
    }
    return new Field((int) number, wireType, start, bodyStart, position);
  }

  /** Reads a varint: 1 to 10 bytes, 7 bits each, least significant first. */
  long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (position >= limit) {
        throw new WireFormatException("it breaks off within a number at byte " + position);
      }
      byte next = buffer.get(position++);
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new WireFormatException(
        "a number at byte " + (position - MAX_VARINT_BYTES) + " does not end");
  }

  private void skip(long bytes) {
    if (bytes < 0 || bytes > limit - position) {
      throw new WireFormatException(
          "a field at byte "
              + position
              + " needs "
              + Long.toUnsignedString(bytes)
              + " bytes but only "
              + (limit - position)
              + " are left");
    }
    position += (int) bytes;
  }

  /** The value of a varint field. */
  static long varint(ByteBuffer buffer, Field field) {
    return new WireReader(buffer, field.bodyStart(), field.end()).varint();
  }

  /** The number of varints in a packed field: the bytes that end one. */
  static long countVarints(ByteBuffer buffer, Field field) {
    long count = 0;
    for (int i = field.bodyStart(); i < field.end(); i++) {
      if (buffer.get(i) >= 0) {
        count++;
      }
    }
    return count;
  }

  /** The text of a length-delimited field. */
  static String text(ByteBuffer buffer, Field field) {
    byte[] bytes = new byte[field.length()];
    buffer.get(field.bodyStart(), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
