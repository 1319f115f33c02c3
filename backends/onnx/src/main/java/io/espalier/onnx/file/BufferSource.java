package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A tensor whose elements stand in a buffer. */
final class BufferSource implements TensorSource {
  private final String name;
  private final int dataType;
  private final long[] dims;
  private final ByteBuffer bytes;

  BufferSource(String name, int dataType, long[] dims, ByteBuffer bytes) {
    long elements = Arrays.stream(dims).reduce(1, Math::multiplyExact);
    if (DataTypes.bytes(dataType, elements) != bytes.remaining()) {
      throw new IllegalArgumentException(
          "tensor '"
              + name
              + "' of "
              + DataTypes.name(dataType)
              + Arrays.toString(dims)
              + " needs "
              + DataTypes.bytes(dataType, elements)
              + " bytes, not "
              + bytes.remaining());
    }
    this.name = name;
    this.dataType = dataType;
    this.dims = dims.clone();
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int dataType() {
    return dataType;
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  @Override
  public long byteSize() {
    return bytes.remaining();
  }

  @Override
  public ByteBuffer toDirectBuffer() throws IOException {
    return bytes.isDirect()
        ? bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN)
        : TensorSource.super.toDirectBuffer();
  }

  @Override
  public void writeTo(ByteSink sink) throws IOException {
    sink.write(bytes.duplicate());
  }
}
