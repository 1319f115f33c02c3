package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model with edits as a list of chunks whose sizes are known, and the tensors that go to a file
 * of their own.
 */
final class WritePlan {
  /** A tensor of fewer bytes stays in the model. */
  static final int SMALLEST_EXTERNAL = 1024;

  private final OnnxModel model;
  private final OnnxEdit edit;
  private final ModelSkeleton skeleton;
  private final InlinedAttributes attributes;
  private final Optional<ExternalDataFile> data;
  private final Movable movable;

  /** The name of the model's file, if what stands there is only to be referred to. */
  private final @Nullable String source;

  /** Which tensors may leave the model. */
  interface Movable {
    boolean test(String name, int dataType);
  }

  private WritePlan(
      OnnxModel model,
      OnnxEdit edit,
      Optional<ExternalDataFile> data,
      Movable movable,
      @Nullable String source) {
    this.source = source;
    this.model = model;
    this.edit = edit;
    this.skeleton = model.skeleton();
    this.attributes = new InlinedAttributes(model);
    this.data = data;
    this.movable = movable;
  }

  /**
   * Lays a model out.
   *
   * @param data where tensors of some size go; empty to keep all in the model
   */
  static Chunks of(OnnxModel model, OnnxEdit edit, Optional<ExternalDataFile> data) {
    return of(model, edit, data, (name, dataType) -> true);
  }

  /**
   * Lays a model out.
   *
   * @param data where tensors of some size go; empty to keep all in the model
   * @param movable which tensors may go there
   */
  static Chunks of(
      OnnxModel model, OnnxEdit edit, Optional<ExternalDataFile> data, Movable movable) {
    requireMovable(model);
    boolean external =
        data.isPresent()
            || model.tensors().stream().anyMatch(OnnxTensor::isExternal)
            || model.nodes().stream().anyMatch(InlinedAttributes::isExternal);
    if (edit.isEmpty() && !external) {
      Chunks all = new Chunks(model.skeleton().bytes());
      all.copy(0, model.skeleton().bytes().limit());
      return all;
    }
    return new WritePlan(model, edit, data, movable, null).model();
  }

  /**
   * Lays out a model that refers to tensors of some size where they stand.
   *
   * @param source the name of the model's file
   */
  static Chunks inPlace(OnnxModel model, String source) {
    return new WritePlan(
            model, new OnnxEdit(model), Optional.empty(), (name, dataType) -> false, source)
        .model();
  }

  /**
   * What a function or a sparse tensor keeps in another file would be lost, as nothing here moves
   * it.
   */
  private static void requireMovable(OnnxModel model) {
    boolean function =
        model.functions().stream()
            .flatMap(body -> body.getNodeList().stream())
            .anyMatch(InlinedAttributes::isExternal);
    boolean sparse =
        model.sparseInitializers().stream()
            .anyMatch(
                tensor ->
                    InlinedAttributes.isExternal(tensor.getValues())
                        || InlinedAttributes.isExternal(tensor.getIndices()));
    if (function || sparse) {
      throw new OnnxFileException(
          model
              + " keeps the data of a "
              + (function ? "function" : "sparse tensor")
              + " in another file, which cannot be written; save it in one file first");
    }
  }

  private Chunks model() {
    Chunks chunks = new Chunks(skeleton.bytes());
    for (Field field : skeleton.modelFields()) {
      if (field.equals(skeleton.graph())) {
        Chunks graph = graph();
        chunks.header(field.number(), graph.size());
        chunks.addAll(graph);
      } else {
        chunks.copy(field);
      }
    }
    return chunks;
  }

  private Chunks graph() {
    List<Field> fields = skeleton.graphFields();
    int afterNodes = end(GraphProto.NODE_FIELD_NUMBER);
    int afterInitializers = end(GraphProto.INITIALIZER_FIELD_NUMBER);
    int afterOutputs = end(GraphProto.OUTPUT_FIELD_NUMBER);
    Chunks chunks = new Chunks(skeleton.bytes());
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = 0; i <= fields.size(); i++) {
      if (i == afterNodes) {
        messages(chunks, GraphProto.NODE_FIELD_NUMBER, edit.nodesBefore(model.nodes().size()));
      }
      if (i == afterInitializers) {
        edit.addedTensors().forEach(tensor -> tensor(chunks, tensor, Optional.empty()));
      }
      if (i == afterOutputs) {
        messages(chunks, GraphProto.INPUT_FIELD_NUMBER, edit.addedInputs());
        messages(chunks, GraphProto.OUTPUT_FIELD_NUMBER, edit.addedOutputs());
      }
      if (i < fields.size()) {
        Field field = fields.get(i);
        field(chunks, field, seen.merge(field.number(), 1, Integer::sum) - 1);
      }
    }
    return chunks;
  }

  /**
   * The position in the list of fields after the last of one number, or, without any, before the
   * first higher one.
   */
  private int end(int number) {
    List<Field> fields = skeleton.graphFields();
    int higher = fields.size();
    for (int i = fields.size() - 1; i >= 0; i--) {
      if (fields.get(i).number() == number) {
        return i + 1;
      }
      if (fields.get(i).number() > number) {
        higher = i;
      }
    }
    return higher;
  }

  private void field(Chunks chunks, Field field, int index) {
    if (field.number() == GraphProto.INITIALIZER_FIELD_NUMBER) {
      initializer(chunks, field, model.tensors().get(index));
      return;
    }
    Optional<List<MessageLite>> replacement = edit.replacement(field.number(), index);
    if (field.number() == GraphProto.NODE_FIELD_NUMBER) {
      messages(chunks, field.number(), edit.nodesBefore(index));
      Optional<NodeProto> inlined = attributes.inline(model.nodes().get(index));
      replacement = replacement.or(() -> inlined.map(List::of));
    }
    if (replacement.isPresent()) {
      messages(chunks, field.number(), replacement.get());
    } else {
      chunks.copy(field);
    }
  }

  private static void messages(Chunks chunks, int field, List<? extends MessageLite> messages) {
    messages.forEach(message -> chunks.message(field, message));
  }

  private void initializer(Chunks chunks, Field field, OnnxTensor tensor) {
    OnnxTensor.Place place = tensor.place();
    if (source != null && place != null && tensor.byteSize() >= SMALLEST_EXTERNAL) {
      String location = place.location().isEmpty() ? source : place.location();
      Chunks body = new Chunks(skeleton.bytes());
      body.literal(out -> writeHeader(TensorSource.copyOf(tensor, tensor.name()), out));
      body.literal(out -> writeLocation(location, place.offset(), tensor.byteSize(), out));
      copyRemarks(body, field);
      chunks.header(GraphProto.INITIALIZER_FIELD_NUMBER, body.size());
      chunks.addAll(body);
      return;
    }
    Optional<List<TensorSource>> replacement = edit.replacement(tensor.name());
    if (replacement.isPresent()) {
      replacement.get().forEach(source -> tensor(chunks, source, Optional.of(field)));
    } else if (tensor.isExternal() || isLarge(tensor)) {
      tensor(chunks, TensorSource.copyOf(tensor, tensor.name()), Optional.of(field));
    } else {
      chunks.copy(field);
    }
  }

  private boolean isLarge(OnnxTensor tensor) {
    return movesOut(tensor.name(), tensor.dataType(), tensor.byteSize());
  }

  private boolean movesOut(String name, int dataType, long byteSize) {
    return data.isPresent() && byteSize >= SMALLEST_EXTERNAL && movable.test(name, dataType);
  }

  /**
   * Appends a tensor, with what the one that it replaces says beside its name, type and elements.
   */
  private void tensor(Chunks chunks, TensorSource tensor, Optional<Field> replaced) {
    Chunks body = new Chunks(skeleton.bytes());
    body.literal(out -> writeHeader(tensor, out));
    if (movesOut(tensor.name(), tensor.dataType(), tensor.byteSize())) {
      ExternalDataFile file = data.orElseThrow();
      long offset = file.add(tensor);
      body.literal(out -> writeLocation(file.location(), offset, tensor.byteSize(), out));
    } else {
      body.header(TensorProto.RAW_DATA_FIELD_NUMBER, tensor.byteSize());
      body.elements(tensor);
    }
    replaced.ifPresent(field -> copyRemarks(body, field));
    chunks.header(GraphProto.INITIALIZER_FIELD_NUMBER, body.size());
    chunks.addAll(body);
  }

  private static void writeHeader(TensorSource tensor, CodedOutputStream out) throws IOException {
    for (long dim : tensor.dims()) {
      out.writeInt64(TensorProto.DIMS_FIELD_NUMBER, dim);
    }
    out.writeInt32(TensorProto.DATA_TYPE_FIELD_NUMBER, tensor.dataType());
    out.writeByteArray(
        TensorProto.NAME_FIELD_NUMBER, tensor.name().getBytes(StandardCharsets.UTF_8));
  }

  private static void writeLocation(
      String location, long offset, long length, CodedOutputStream out) throws IOException {
    writeEntry("location", location, out);
    writeEntry("offset", Long.toString(offset), out);
    writeEntry("length", Long.toString(length), out);
    out.writeEnum(TensorProto.DATA_LOCATION_FIELD_NUMBER, TensorProto.DataLocation.EXTERNAL_VALUE);
  }

  private static void writeEntry(String key, String value, CodedOutputStream out)
      throws IOException {
    out.writeMessage(
        TensorProto.EXTERNAL_DATA_FIELD_NUMBER,
        StringStringEntryProto.newBuilder().setKey(key).setValue(value).build());
  }

  /** Documentation, metadata and fields that are not known. */
  private void copyRemarks(Chunks body, Field tensor) {
    WireReader reader = WireReader.of(skeleton.bytes(), tensor);
    while (reader.hasMore()) {
      Field field = reader.next();
      boolean remark =
          field.number() >= TensorProto.DOC_STRING_FIELD_NUMBER
              && field.number() != TensorProto.EXTERNAL_DATA_FIELD_NUMBER
              && field.number() != TensorProto.DATA_LOCATION_FIELD_NUMBER;
      if (remark) {
        body.copy(field);
      }
    }
  }
}
