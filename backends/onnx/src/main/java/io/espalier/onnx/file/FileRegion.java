package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Fills a file from an offset on, while others fill other parts of it. */
final class FileRegion implements WritableByteChannel {
  private final FileChannel file;
  private long position;

  FileRegion(FileChannel file, long offset) {
    this.file = file;
    this.position = offset;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = file.write(source, position);
    position += count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() {}
}
