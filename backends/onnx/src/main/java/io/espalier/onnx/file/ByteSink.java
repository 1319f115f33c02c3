package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where tensors write their elements. Small pieces are collected in one buffer that serves a whole
 * file; large pieces go straight to the channel. Not thread-safe.
 *
 * <p>That buffer lies outside the heap only for files: the memory of one that does is not freed
 * before some collection, and who copies many tensors would hold a lot of them.
 */
public final class ByteSink {
  private static final int CAPACITY = 1 << 18;
  private static final int DIRECT = CAPACITY / 8;

  /** Null where all is to be in the buffer. */
  private final @Nullable WritableByteChannel channel;

  private final LongConsumer listener;
  private final ByteBuffer stage;
  private long flushed;

  private ByteSink(@Nullable WritableByteChannel channel, LongConsumer listener, ByteBuffer stage) {
    this.channel = channel;
    this.listener = listener;
    this.stage = stage.order(ByteOrder.LITTLE_ENDIAN);
    this.flushed = -stage.position();
  }

  /** A sink that writes to a channel, which stays open. Call {@link #flush()} at the end. */
  public ByteSink(WritableByteChannel channel) {
    this(channel, bytes -> {}, ByteBuffer.allocate(CAPACITY));
  }

  /**
   * A sink that writes to a file, which stays open.
   *
   * @param listener is told how many bytes were handed over, each time that some are
   */
  ByteSink(WritableByteChannel file, LongConsumer listener) {
    this(file, listener, ByteBuffer.allocateDirect(CAPACITY));
  }

  /**
   * A sink that fills a buffer from its position on, which moves. There is nothing to flush.
   *
   * @param target has room for all that is written; becomes little-endian
   */
  public static ByteSink into(ByteBuffer target) {
    return new ByteSink(null, bytes -> {}, target);
  }

  /** Writes the remaining bytes of a buffer, whose position moves to its limit. */
  public void write(ByteBuffer source) throws IOException {
    if (channel != null && source.remaining() >= DIRECT) {
      flush();
      flushed += source.remaining();
      drain(source, channel);
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
    if (channel != null) {
      flushed += stage.position();
      drain(stage.flip(), channel);
      stage.clear();
    }
  }

  private void drain(ByteBuffer source, WritableByteChannel to) throws IOException {
    while (source.hasRemaining()) {
      listener.accept(to.write(source));
    }
  }
}
