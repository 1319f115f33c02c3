package io.espalier.core.values;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Texts and numbers that are hashed one after the other. */
public final class Sum {
  private static final int ROOM = 1 << 16;

  private final MessageDigest digest;
  private final ByteBuffer buffer = ByteBuffer.allocate(ROOM);

  public Sum() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public void number(long number) {
    if (buffer.remaining() < Long.BYTES) {
      flush();
    }
    buffer.putLong(number);
  }

  public void text(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public void bytes(byte[] bytes) {
    bytes(ByteBuffer.wrap(bytes));
  }

  public void bytes(ByteBuffer bytes) {
    number(bytes.remaining());
    flush();
    digest.update(bytes.duplicate());
  }

  private void flush() {
    digest.update(buffer.flip());
    buffer.clear();
  }

  public byte[] digest() {
    flush();
    return digest.digest();
  }
}
