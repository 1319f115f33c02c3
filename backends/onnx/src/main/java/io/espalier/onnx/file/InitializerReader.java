package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the header of one serialised tensor and notes where its elements are, without touching
 * them.
 */
final class InitializerReader {
  private final ByteBuffer bytes;
  private final Field tensor;
  private final ExternalData data;

  private String name = "";
  private int dataType;
  private boolean external;
  private final List<StringStringEntryProto> externalData = new ArrayList<>();
  private final List<Field> rawData = new ArrayList<>();
  private final long[] typedValues = new long[TensorProto.UINT64_DATA_FIELD_NUMBER + 1];
  private long[] dims = new long[4];
  private int rank;

  private InitializerReader(ByteBuffer bytes, Field tensor, ExternalData data) {
    this.bytes = bytes;
    this.tensor = tensor;
    this.data = data;
  }

  /**
   * The tensor that occupies one field of the graph.
   *
   * @throws WireFormatException if its bytes are not a tensor
   * @throws OnnxFileException if its elements are not as many as its dimensions say, or not to be
   *     found
   */
  static OnnxTensor read(ByteBuffer bytes, Field tensor, ExternalData data) {
    return new InitializerReader(bytes, tensor, data).read();
  }

  private OnnxTensor read() {
    WireReader reader = WireReader.of(bytes, tensor);
    while (reader.hasMore()) {
      accept(reader.next());
    }
    TensorHeader header = new TensorHeader(data.model(), name, dataType, Arrays.copyOf(dims, rank));
    if (external) {
      return data.tensor(header, externalData);
    }
    // of a field that is given twice, protobuf keeps the last
    Field raw = rawData.isEmpty() ? null : rawData.get(rawData.size() - 1);
    if (raw != null && raw.length() > 0) {
      return header.raw(
          raw.length(), raw.bodyStart(), () -> bytes.slice(raw.bodyStart(), raw.length()));
    }
    return header.typed(typedValues[TypedData.field(dataType)], this::parse);
  }

  private void accept(Field field) {
    switch (field.number()) {
      case TensorProto.NAME_FIELD_NUMBER ->
          name = WireReader.text(bytes, field.require(Field.LENGTH_DELIMITED, "a tensor's name"));
      case TensorProto.DATA_TYPE_FIELD_NUMBER -> dataType = (int) number(field, "an element type");
      case TensorProto.DATA_LOCATION_FIELD_NUMBER ->
          external = number(field, "a data location") == TensorProto.DataLocation.EXTERNAL_VALUE;
      case TensorProto.DIMS_FIELD_NUMBER -> acceptDims(field);
      case TensorProto.RAW_DATA_FIELD_NUMBER ->
          rawData.add(field.require(Field.LENGTH_DELIMITED, "a tensor's elements"));
      case TensorProto.EXTERNAL_DATA_FIELD_NUMBER -> externalData.add(entry(field));
      case TensorProto.FLOAT_DATA_FIELD_NUMBER -> acceptFixed(field, Field.FIXED32, Float.BYTES);
      case TensorProto.DOUBLE_DATA_FIELD_NUMBER -> acceptFixed(field, Field.FIXED64, Double.BYTES);
      case TensorProto.STRING_DATA_FIELD_NUMBER -> typedValues[field.number()]++;
      case TensorProto.INT32_DATA_FIELD_NUMBER,
          TensorProto.INT64_DATA_FIELD_NUMBER,
          TensorProto.UINT64_DATA_FIELD_NUMBER ->
          typedValues[field.number()] +=
              field.wireType() == Field.VARINT ? 1 : WireReader.countVarints(bytes, packed(field));
      default -> {}
    }
  }

  private void acceptDims(Field field) {
    if (field.wireType() == Field.VARINT) {
      addDim(WireReader.varint(bytes, field));
    } else {
      WireReader packed = WireReader.of(bytes, packed(field));
      while (packed.hasMore()) {
        addDim(packed.varint());
      }
    }
  }

  private void addDim(long dim) {
    if (rank == dims.length) {
      dims = Arrays.copyOf(dims, 2 * rank);
    }
    dims[rank++] = dim;
  }

  private void acceptFixed(Field field, int wireType, int size) {
    if (field.wireType() == wireType) {
      typedValues[field.number()]++;
    } else if (packed(field).length() % size == 0) {
      typedValues[field.number()] += field.length() / size;
    } else {
      throw new WireFormatException("the numbers at byte " + field.start() + " break off");
    }
  }

  private long number(Field field, String what) {
    return WireReader.varint(bytes, field.require(Field.VARINT, what));
  }

  private static Field packed(Field field) {
    return field.require(Field.LENGTH_DELIMITED, "a list of numbers");
  }

  private StringStringEntryProto entry(Field field) {
    try {
      packed(field);
      return StringStringEntryProto.parseFrom(bytes.slice(field.bodyStart(), field.length()));
    } catch (InvalidProtocolBufferException e) {
      throw damaged(e);
    }
  }

  /** The whole tensor, elements and all: only for elements in typed fields. */
  private TensorProto parse() {
    try {
      return TensorProto.parseFrom(bytes.slice(tensor.bodyStart(), tensor.length()));
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxFileException(
          data.model() + ": tensor '" + name + "' is damaged; export or download it again", e);
    }
  }

  private static WireFormatException damaged(InvalidProtocolBufferException e) {
    return new WireFormatException(String.valueOf(e.getMessage()));
  }
}
