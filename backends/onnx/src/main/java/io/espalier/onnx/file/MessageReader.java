package io.espalier.onnx.file;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.List;

/** Parses messages that stand in a buffer. */
final class MessageReader {
  /**
   * From this size on a message's bytes are shared rather than copied: it is likely to hold a
   * tensor.
   */
  private static final int SHARED = 1 << 16;

  private final ByteBuffer buffer;

  MessageReader(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /**
   * One message for each field.
   *
   * @throws WireFormatException if one is not such a message
   */
  <T> List<T> all(Parser<T> parser, List<Field> fields) {
    return fields.stream().map(field -> one(parser, field)).toList();
  }

  private <T> T one(Parser<T> parser, Field field) {
    field.require(Field.LENGTH_DELIMITED, "a message");
    ByteBuffer body = buffer.slice(field.bodyStart(), field.length());
    try {
      if (body.remaining() < SHARED) {
        return parser.parseFrom(body);
      }
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
      input.enableAliasing(true);
      T message = parser.parseFrom(input);
      input.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw new WireFormatException(
          "the message at byte " + field.start() + " is no such thing: " + e.getMessage());
    }
  }
}
