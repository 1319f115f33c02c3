package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor to be written: its header, and its elements as a stream of bytes, so that they need not
 * be in memory.
 */
public interface TensorSource {

  String name();

  /** One of the numbers in {@link DataTypes}. */
  int dataType();

  /** The dimensions, as a copy; none for a scalar. */
  long[] dims();

  /** Bytes of all elements; exactly as many as {@link #writeTo} writes. */
  long byteSize();

  /** Writes the elements in row-major order, little-endian. May be called more than once. */
  void writeTo(ByteSink sink) throws IOException;

  /**
   * The elements in a direct buffer, as native code wants them: a view where they stand in one
   * already.
   *
   * @throws IOException if they cannot be read
   * @throws OnnxFileException if they are more than 2 GB
   */
  default ByteBuffer toDirectBuffer() throws IOException {
    if (byteSize() > Integer.MAX_VALUE) {
      throw new OnnxFileException("tensor '" + name() + "' is larger than 2 GB");
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) byteSize());
    writeTo(ByteSink.into(bytes));
    return bytes.flip();
  }

  /**
   * An int64 tensor.
   *
   * @param dims none for a scalar; their product must be the number of values
   */
  static TensorSource ofLongs(String name, long[] values, long... dims) {
    ByteBuffer bytes = allocate(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return new BufferSource(name, DataTypes.INT64, dims, bytes);
  }

  /**
   * A float32 tensor.
   *
   * @param dims none for a scalar; their product must be the number of values
   */
  static TensorSource ofFloats(String name, float[] values, long... dims) {
    ByteBuffer bytes = allocate(values.length, Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return new BufferSource(name, DataTypes.FLOAT, dims, bytes);
  }

  /**
   * A tensor of any element type.
   *
   * @param bytes the elements in row-major order, little-endian; not to be changed afterwards
   */
  static TensorSource ofBytes(String name, int dataType, ByteBuffer bytes, long... dims) {
    return new BufferSource(name, dataType, dims, bytes.slice());
  }

  /**
   * An existing tensor under another name.
   *
   * @throws OnnxFileException if it holds strings
   */
  static TensorSource copyOf(OnnxTensor tensor, String newName) {
    return new BufferSource(newName, tensor.dataType(), tensor.dims(), tensor.bytes());
  }

  /**
   * A part of an existing tensor: for each axis the indices to keep, in the order in which they are
   * to stand. Elements go from the mapped file to the sink in runs as long as the indices allow.
   *
   * @param keepPerAxis one entry for each axis, null for the whole axis; shorter lists leave the
   *     last axes whole
   * @throws OnnxFileException if elements are strings or take less than a byte
   * @throws IllegalArgumentException if there are more entries than axes, or an index is outside
   *     its axis
   */
  static TensorSource gather(OnnxTensor source, String name, List<int @Nullable []> keepPerAxis) {
    return new GatherSource(source, name, keepPerAxis);
  }

  private static ByteBuffer allocate(int elements, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, size)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
