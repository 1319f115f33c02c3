package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Tensors that go to a file of their own beside the model. */
final class ExternalDataFile {
  /** A page, so that a runtime can map tensors one by one; the ONNX specification asks for it. */
  private static final int ALIGNMENT = 4096;

  private final String location;
  private final List<TensorSource> tensors = new ArrayList<>();
  private long size;

  /**
   * @param location the file's name, in the model's folder
   */
  ExternalDataFile(String location) {
    this.location = location;
  }

  String location() {
    return location;
  }

  List<TensorSource> tensors() {
    return List.copyOf(tensors);
  }

  /** Its bytes. */
  long size() {
    return size;
  }

  boolean isEmpty() {
    return tensors.isEmpty();
  }

  /** Appends a tensor and says at which offset. */
  long add(TensorSource tensor) {
    long offset = aligned(size);
    tensors.add(tensor);
    size = offset + tensor.byteSize();
    return offset;
  }

  /**
   * Writes all.
   *
   * @param listener is told how many bytes were written, each time that some are
   */
  void writeTo(FileChannel file, LongConsumer listener) throws IOException {
    ByteSink sink = new ByteSink(file, listener);
    for (TensorSource tensor : tensors) {
      long position = sink.written();
      sink.write(ByteBuffer.allocate((int) (aligned(position) - position)));
      Chunks.write(tensor, sink);
    }
    sink.flush();
  }

  static long aligned(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
