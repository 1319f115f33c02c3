package io.espalier.onnx.file;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Pieces of a file to be written, in order, with their total size: ranges of the source, new bytes,
 * and tensors.
 */
final class Chunks {
  /** What one thread writes at least. */
  private static final long SHARE = 4L << 20;

  private static final int MOST_SHARES = 4;

  /** Bytes of most literals; what is longer takes several steps to encode. */
  private static final int LITERAL = 64;

  private final ByteBuffer source;
  private final List<Chunk> chunks = new ArrayList<>();
  private long size;

  /**
   * @param source what ranges refer to
   */
  Chunks(ByteBuffer source) {
    this.source = source;
  }

  /** Total size in bytes. */
  long size() {
    return size;
  }

  /** Appends a range of the source; adjacent ranges become one. */
  void copy(int start, int end) {
    int last = chunks.size() - 1;
    if (last >= 0 && chunks.get(last) instanceof Range range && range.end == start) {
      chunks.set(last, new Range(source, range.start, end));
    } else {
      chunks.add(new Range(source, start, end));
    }
    size += end - start;
  }

  void copy(Field field) {
    copy(field.start(), field.end());
  }

  /** Appends a message as a field. */
  void message(int field, MessageLite message) {
    byte[] bytes = encode(out -> out.writeMessage(field, message));
    chunks.add(new Literal(bytes));
    size += bytes.length;
  }

  /** Appends the tag and length of a length-delimited field; its body must follow. */
  void header(int field, long length) {
    literal(
        out -> {
          out.writeTag(field, Field.LENGTH_DELIMITED);
          out.writeUInt64NoTag(length);
        });
  }

  void literal(Encoder encoder) {
    byte[] bytes = encode(encoder);
    chunks.add(new Literal(bytes));
    size += bytes.length;
  }

  void elements(TensorSource tensor) {
    chunks.add(new Elements(tensor));
    size += tensor.byteSize();
  }

  void addAll(Chunks others) {
    chunks.addAll(others.chunks);
    size += others.size;
  }

  void writeTo(ByteSink sink) throws IOException {
    for (Chunk chunk : chunks) {
      chunk.writeTo(sink);
    }
  }

  /**
   * Writes everything to an empty file. Several threads do, if it is large: putting slices together
   * takes as long as handing them to the system.
   *
   * @param listener is told how many bytes were written, each time that some are; by any thread
   */
  void writeTo(FileChannel file, LongConsumer listener) throws IOException {
    try {
      shares().parallelStream().forEach(share -> share.writeTo(file, listener));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Consecutive parts of about equal size. */
  private List<Share> shares() {
    long most = Math.max(SHARE, size / MOST_SHARES + 1);
    List<Share> shares = new ArrayList<>();
    long offset = 0;
    long end = 0;
    int from = 0;
    for (int i = 0; i < chunks.size(); i++) {
      end += chunks.get(i).size();
      if (end - offset >= most || i == chunks.size() - 1) {
        shares.add(new Share(chunks.subList(from, i + 1), offset));
        offset = end;
        from = i + 1;
      }
    }
    return shares;
  }

  private record Share(List<Chunk> chunks, long offset) {
    void writeTo(FileChannel file, LongConsumer listener) {
      try {
        ByteSink sink = new ByteSink(new FileRegion(file, offset), listener);
        for (Chunk chunk : chunks) {
          chunk.writeTo(sink);
        }
        sink.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static byte[] encode(Encoder encoder) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, LITERAL);
      encoder.encode(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** Writes fields of a message. */
  interface Encoder {
    void encode(CodedOutputStream out) throws IOException;
  }

  private sealed interface Chunk {
    long size();

    void writeTo(ByteSink sink) throws IOException;
  }

  private record Range(ByteBuffer source, int start, int end) implements Chunk {
    @Override
    public long size() {
      return (long) end - start;
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      sink.write(source.slice(start, end - start));
    }
  }

  private static final class Literal implements Chunk {
    private final byte[] bytes;

    Literal(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      sink.write(bytes);
    }
  }

  private record Elements(TensorSource tensor) implements Chunk {
    @Override
    public long size() {
      return tensor.byteSize();
    }

    @Override
    public void writeTo(ByteSink sink) throws IOException {
      write(tensor, sink);
    }
  }

  /** Writes a tensor's elements and checks that they are as many as it said. */
  static void write(TensorSource tensor, ByteSink sink) throws IOException {
    long before = sink.written();
    tensor.writeTo(sink);
    long written = sink.written() - before;
    if (written != tensor.byteSize()) {
      throw new IllegalStateException(
          "tensor '" + tensor.name() + "' wrote " + written + " bytes, not " + tensor.byteSize());
    }
  }
}
