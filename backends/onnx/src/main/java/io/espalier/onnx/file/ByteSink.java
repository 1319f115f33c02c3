package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;

/**
 * Where tensors write their elements. Small pieces are collected in one direct buffer that serves a
 * whole file; large pieces go straight to the channel. Not thread-safe.
 */
public final class ByteSink {
  private static final int CAPACITY = 1 << 18;
  private static final int DIRECT = CAPACITY / 8;

  private final WritableByteChannel channel;
  private final LongConsumer listener;
  private final ByteBuffer stage =
      ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
  private long flushed;

  /** A sink that writes to a channel, which stays open. Call {@link #flush()} at the end. */
  public ByteSink(WritableByteChannel channel) {
    this(channel, bytes -> {});
  }

  /**
   * As {@link #ByteSink(WritableByteChannel)}.
   *
   * @param listener is told how many bytes were handed over, each time that some are
   */
  ByteSink(WritableByteChannel channel, LongConsumer listener) {
    this.channel = channel;
    this.listener = listener;
  }

  /** Writes the remaining bytes of a buffer, whose position moves to its limit. */
  public void write(ByteBuffer source) throws IOException {
    if (source.remaining() >= DIRECT) {
      flush();
      flushed += source.remaining();
      drain(source);
      return;
    }
    room(source.remaining()).put(source);
  }

  /** Writes an array. */
  public void write(byte[] source) throws IOException {
    write(ByteBuffer.wrap(source));
  }

  /**
   * The buffer that collects small pieces, little-endian, with room for at least a number of bytes
   * from its position on. What is put there counts as written.
   *
   * @param bytes at most {@link #maximumRoom()}
   */
  ByteBuffer room(int bytes) throws IOException {
    if (stage.remaining() < bytes) {
      flush();
    }
    return stage;
  }

  static int maximumRoom() {
    return CAPACITY;
  }

  /** Number of bytes written so far, flushed or not. */
  public long written() {
    return flushed + stage.position();
  }

  /** Hands everything over to the channel. */
  public void flush() throws IOException {
    flushed += stage.position();
    drain(stage.flip());
    stage.clear();
  }

  private void drain(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      listener.accept(channel.write(source));
    }
  }
}
