package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a tensor says of itself. Each method joins it with one way to store elements, and refuses
 * elements that are not as many as it says, so that a damaged file never passes for a smaller one.
 */
final class TensorHeader {
  private final String model;
  private final String name;
  private final int dataType;
  private final long[] dims;

  /**
   * @param model how error messages name the model
   */
  TensorHeader(String model, String name, int dataType, long[] dims) {
    this.model = model;
    this.name = name;
    this.dataType = dataType;
    this.dims = dims;
  }

  /** A tensor whose elements are bytes. */
  OnnxTensor raw(long length, Supplier<ByteBuffer> bytes) {
    requireLength(length);
    return new OnnxTensor(name, dataType, dims, null, bytes);
  }

  /** A tensor whose elements are bytes of the model, from an offset on. */
  OnnxTensor raw(long length, long offset, Supplier<ByteBuffer> bytes) {
    requireLength(length);
    return new OnnxTensor(name, dataType, dims, new OnnxTensor.Place("", offset), bytes);
  }

  /** A tensor whose elements are values of a typed field. */
  OnnxTensor typed(long values, Supplier<TensorProto> tensor) {
    long expected;
    try {
      expected = TypedData.values(dataType, elements());
    } catch (ArithmeticException e) {
      throw invalid("has too many elements", e);
    }
    if (values != expected) {
      throw invalid("needs " + expected + " values but holds " + values);
    }
    return new OnnxTensor(name, dataType, dims, null, () -> TypedData.decode(tensor.get()));
  }

  /** A tensor whose elements stand in an external file. */
  OnnxTensor external(List<StringStringEntryProto> entries, ExternalFiles files) {
    String location = "";
    long offset = 0;
    long length = byteSize();
    for (StringStringEntryProto entry : entries) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(entry);
        case "length" -> requireLength(number(entry));
        default -> {}
      }
    }
    if (location.isEmpty()) {
      throw invalid("is external but names no file");
    }
    if (length > Integer.MAX_VALUE) {
      throw new OnnxFileException(
          tensor()
              + " has "
              + length
              + " bytes, and one tensor may have at most 2 GB here; split it in the network that"
              + " the model is exported from");
    }
    long size = files.size(location);
    if (offset > size - length) {
      throw invalid(
          "needs bytes "
              + offset
              + " to "
              + (offset + length)
              + " of '"
              + location
              + "', which has "
              + size);
    }
    String file = location;
    long start = offset;
    return new OnnxTensor(
        name,
        dataType,
        dims,
        new OnnxTensor.Place(file, start),
        () -> files.map(file, start, (int) length));
  }

  private long number(StringStringEntryProto entry) {
    try {
      long value = Long.parseLong(entry.getValue());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw invalid("has external data with " + entry.getKey() + " '" + entry.getValue() + "'", e);
    }
    throw invalid("has external data with " + entry.getKey() + " " + entry.getValue());
  }

  private void requireLength(long length) {
    if (length != byteSize()) {
      throw invalid("needs " + byteSize() + " bytes but holds " + length);
    }
  }

  private long byteSize() {
    if (DataTypes.bits(dataType) == 0) {
      throw invalid("has an element type that cannot be stored as bytes");
    }
    try {
      return DataTypes.bytes(dataType, elements());
    } catch (ArithmeticException e) {
      throw invalid("has too many elements", e);
    }
  }

  private long elements() {
    long product = 1;
    boolean empty = false;
    for (long dim : dims) {
      if (dim < 0) {
        throw invalid("has a negative dimension");
      }
      empty |= dim == 0;
      product = empty ? 0 : Math.multiplyExact(product, dim);
    }
    return empty ? 0 : product;
  }

  private OnnxFileException invalid(String problem) {
    return new OnnxFileException(describe(problem));
  }

  private OnnxFileException invalid(String problem, Exception cause) {
    return new OnnxFileException(describe(problem), Objects.requireNonNull(cause));
  }

  private String describe(String problem) {
    return tensor() + " " + problem + "; the file is damaged, export or download it again";
  }

  private String tensor() {
    return model
        + ": tensor '"
        + name
        + "' ("
        + DataTypes.name(dataType)
        + Arrays.toString(dims)
        + ")";
  }
}
