package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A constant tensor of an ONNX model. Immutable and thread-safe. Elements that the file holds as
 * {@code raw_data}, or in an external file, are views of the mapped file; elements in typed fields
 * ({@code float_data}, ...) are decoded when first asked for.
 */
public final class OnnxTensor {
  private final String name;
  private final int dataType;
  private final long[] dims;
  private final @Nullable Place place;
  private final Lazy<ByteBuffer> payload;

  /**
   * Where elements stand in a file.
   *
   * @param location the name of an external file; empty for the file of the model
   * @param offset bytes before the first
   */
  record Place(String location, long offset) {}

  /**
   * @param place null for elements that are not bytes of a file
   */
  OnnxTensor(
      String name, int dataType, long[] dims, @Nullable Place place, Supplier<ByteBuffer> payload) {
    this.name = name;
    this.dataType = dataType;
    this.dims = dims;
    this.place = place;
    this.payload = new Lazy<>(payload);
  }

  /**
   * A tensor that stands in an attribute or a sub-graph.
   *
   * @throws OnnxFileException if its elements are missing, or kept in an external file (which
   *     {@link OnnxModel#tensor(TensorProto)} can read), or not as many as its dimensions say
   */
  public static OnnxTensor of(TensorProto tensor) {
    return of(tensor, new ExternalFiles(null, "the model"));
  }

  /**
   * A tensor in memory.
   *
   * @param bytes the elements in row-major order, little-endian; not to be changed afterwards
   * @throws OnnxFileException if they are not as many as the dimensions say
   */
  public static OnnxTensor of(String name, int dataType, ByteBuffer bytes, long... dims) {
    ByteBuffer elements = bytes.slice();
    return new TensorHeader("the model", name, dataType, dims.clone())
        .raw(elements.remaining(), () -> elements);
  }

  static OnnxTensor of(TensorProto tensor, ExternalFiles files) {
    ByteString raw = tensor.getRawData();
    TensorHeader header =
        new TensorHeader(files.model(), tensor.getName(), tensor.getDataType(), dims(tensor));
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      return header.external(tensor.getExternalDataList(), files);
    }
    if (!raw.isEmpty()) {
      return header.raw(raw.size(), raw::asReadOnlyByteBuffer);
    }
    return header.typed(
        TypedData.count(tensor, TypedData.field(tensor.getDataType())), () -> tensor);
  }

  private static long[] dims(TensorProto tensor) {
    long[] dims = new long[tensor.getDimsCount()];
    Arrays.setAll(dims, tensor::getDims);
    return dims;
  }

  /** The tensor's name; empty for most tensors in attributes. */
  public String name() {
    return name;
  }

  /** The element type, one of the numbers in {@link DataTypes}. */
  public int dataType() {
    return dataType;
  }

  /** The dimensions, as a copy; none for a scalar. */
  public long[] dims() {
    return dims.clone();
  }

  public int rank() {
    return dims.length;
  }

  /** The extent of one axis, {@code 0 <= axis < rank()}. */
  public long dim(int axis) {
    return dims[axis];
  }

  /** The product of the dimensions: 1 for a scalar. */
  public long elementCount() {
    long count = 1;
    for (long dim : dims) {
      count *= dim;
    }
    return count;
  }

  /** Bytes of all elements; 0 for strings. */
  public long byteSize() {
    return DataTypes.bytes(dataType, elementCount());
  }

  /** Whether the elements stand in a file of their own beside the model. */
  public boolean isExternal() {
    return place != null && !place.location().isEmpty();
  }

  /** Where its bytes stand; null if they are not bytes of a file. */
  @Nullable Place place() {
    return place;
  }

  /**
   * Bytes of one element.
   *
   * @throws OnnxFileException if elements are strings or take less than a byte
   */
  public int elementSize() {
    int bits = DataTypes.bits(dataType);
    if (bits < 8) {
      throw unsupported("elements of whole bytes");
    }
    return bits / 8;
  }

  /**
   * The elements in row-major order: a read-only little-endian view with a position of its own.
   *
   * @throws OnnxFileException if elements are strings, or an external file can no longer be read
   */
  public ByteBuffer bytes() {
    if (DataTypes.bits(dataType) == 0) {
      throw unsupported("bytes");
    }
    return payload.get().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The elements of a float32 tensor, without a copy if the file holds them as bytes.
   *
   * @throws OnnxFileException if the element type is another; see {@link #floats()}
   */
  public FloatBuffer floatBuffer() {
    if (dataType != DataTypes.FLOAT) {
      throw unsupported("float32 elements");
    }
    return bytes().asFloatBuffer();
  }

  /**
   * A new array of the elements in row-major order, converted from any float type of at least 16
   * bits or any integer or boolean type.
   *
   * @throws OnnxFileException if the element type is another
   */
  public float[] floats() {
    ByteBuffer bytes = bytes();
    float[] values = new float[bytes.remaining() / elementSize()];
    switch (dataType) {
      case TensorProto.DataType.FLOAT_VALUE -> bytes.asFloatBuffer().get(values);
      case TensorProto.DataType.DOUBLE_VALUE -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble();
        }
      }
      case TensorProto.DataType.FLOAT16_VALUE -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Fp16Conversions.fp16ToFloat(bytes.getShort());
        }
      }
      case TensorProto.DataType.BFLOAT16_VALUE -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Fp16Conversions.bf16ToFloat(bytes.getShort());
        }
      }
      default -> {
        long[] integers = longs();
        for (int i = 0; i < values.length; i++) {
          values[i] = integers[i];
        }
      }
    }
    return values;
  }

  /**
   * A new array of the elements of an integer or boolean tensor in row-major order; unsigned types
   * are widened, save uint64, whose bits are kept.
   *
   * @throws OnnxFileException if the element type is another
   */
  public long[] longs() {
    if (!DataTypes.isInteger(dataType)) {
      throw unsupported("numbers");
    }
    ByteBuffer bytes = bytes();
    long[] values = new long[bytes.remaining() / elementSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dataType) {
            case TensorProto.DataType.INT8_VALUE -> bytes.get();
            case TensorProto.DataType.UINT8_VALUE, TensorProto.DataType.BOOL_VALUE ->
                bytes.get() & 0xFFL;
            case TensorProto.DataType.INT16_VALUE -> bytes.getShort();
            case TensorProto.DataType.UINT16_VALUE -> bytes.getShort() & 0xFFFFL;
            case TensorProto.DataType.INT32_VALUE -> bytes.getInt();
            case TensorProto.DataType.UINT32_VALUE -> bytes.getInt() & 0xFFFFFFFFL;
            default -> bytes.getLong();
          };
    }
    return values;
  }

  /** Name, type and dimensions, {@code conv1.weight: float32[64, 3, 7, 7]}. */
  @Override
  public String toString() {
    return name + ": " + DataTypes.name(dataType) + Arrays.toString(dims);
  }

  private OnnxFileException unsupported(String wanted) {
    return new OnnxFileException(
        "tensor '"
            + name
            + "' holds "
            + DataTypes.name(dataType)
            + " and cannot be read as "
            + wanted);
  }
}
