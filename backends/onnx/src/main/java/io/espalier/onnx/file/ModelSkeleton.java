package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where everything stands in a serialised model.
 *
 * @param bytes the whole model
 * @param modelFields the fields of the ModelProto, in file order
 * @param graph the one among them that is the graph
 * @param graphFields the fields of the GraphProto, in file order
 */
record ModelSkeleton(
    ByteBuffer bytes, List<Field> modelFields, Field graph, List<Field> graphFields) {

  ModelSkeleton {
    modelFields = List.copyOf(modelFields);
    graphFields = List.copyOf(graphFields);
  }

  /**
   * Walks the two outer levels of a model.
   *
   * @throws WireFormatException if the bytes are not protobuf, break off, or are no ONNX model
   */
  static ModelSkeleton scan(ByteBuffer bytes) {
    List<Field> modelFields = fields(new WireReader(bytes, 0, bytes.limit()));
    Field graph = null;
    boolean version = false;
    boolean opsets = false;
    for (Field field : modelFields) {
      switch (field.number()) {
        case ModelProto.IR_VERSION_FIELD_NUMBER ->
            version |= WireReader.varint(bytes, field.require(Field.VARINT, "the IR version")) >= 3;
        case ModelProto.OPSET_IMPORT_FIELD_NUMBER -> opsets = true;
        case ModelProto.GRAPH_FIELD_NUMBER -> {
          if (graph != null) {
            throw new WireFormatException("it has two graphs");
          }
          graph = field.require(Field.LENGTH_DELIMITED, "the graph");
        }
        default -> {}
      }
    }
    if (graph == null) {
      throw new WireFormatException("it has no graph");
    }
    if (!version) {
      throw new WireFormatException("it states no IR version of 3 or later");
    }
    if (!opsets) {
      throw new WireFormatException("it states no operator set version");
    }
    List<Field> graphFields = fields(WireReader.of(bytes, graph));
    for (Field field : graphFields) {
      if (known(field.number())) {
        field.require(Field.LENGTH_DELIMITED, "field " + field.number() + " of the graph");
      }
    }
    return new ModelSkeleton(bytes, modelFields, graph, graphFields);
  }

  private static boolean known(int graphField) {
    return switch (graphField) {
      case GraphProto.NODE_FIELD_NUMBER,
          GraphProto.NAME_FIELD_NUMBER,
          GraphProto.INITIALIZER_FIELD_NUMBER,
          GraphProto.DOC_STRING_FIELD_NUMBER,
          GraphProto.INPUT_FIELD_NUMBER,
          GraphProto.OUTPUT_FIELD_NUMBER,
          GraphProto.VALUE_INFO_FIELD_NUMBER,
          GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER ->
          true;
      default -> false;
    };
  }

  private static List<Field> fields(WireReader reader) {
    List<Field> fields = new ArrayList<>();
    while (reader.hasMore()) {
      fields.add(reader.next());
    }
    return fields;
  }

  /** The fields of the graph with one number, in file order. */
  List<Field> graphFields(int number) {
    return graphFields.stream().filter(field -> field.number() == number).toList();
  }

  /** The fields of the model with one number, in file order. */
  List<Field> modelFields(int number) {
    return modelFields.stream().filter(field -> field.number() == number).toList();
  }
}
