package io.espalier.onnx.file;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Fills a buffer. */
record BufferChannel(ByteBuffer target) implements WritableByteChannel {
  @Override
  public int write(ByteBuffer source) {
    int count = source.remaining();
    target.put(source);
    return count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
