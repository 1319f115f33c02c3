package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.MessageLite;
import io.espalier.core.values.StagedFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Edits against a model, and the result written as a file. Whatever no edit touches is copied byte
 * for byte, in the order of the source, with fields that this code does not know; without any edit
 * the result is the source.
 *
 * <p>All indices count in the source model and stay what they are while edits accumulate. A later
 * edit of the same thing replaces an earlier one. Not thread-safe; the model is never changed.
 */
public final class OnnxEdit {
  private final OnnxModel model;

  /**
   * For a field of the graph and an index in it, what stands there instead: one message, or none.
   */
  private final Map<Integer, Map<Integer, List<MessageLite>>> replaced = new HashMap<>();

  private final Map<Integer, List<NodeProto>> insertedNodes = new HashMap<>();
  private final List<ValueInfoProto> addedInputs = new ArrayList<>();
  private final List<ValueInfoProto> addedOutputs = new ArrayList<>();
  private final Map<String, List<TensorSource>> replacedTensors = new HashMap<>();
  private final List<TensorSource> addedTensors = new ArrayList<>();

  public OnnxEdit(OnnxModel model) {
    this.model = model;
  }

  /** Puts another node in the place of one. */
  public OnnxEdit replaceNode(int index, NodeProto node) {
    return edit(GraphProto.NODE_FIELD_NUMBER, index, model.nodes(), List.of(node));
  }

  public OnnxEdit removeNode(int index) {
    return edit(GraphProto.NODE_FIELD_NUMBER, index, model.nodes(), List.of());
  }

  /**
   * Inserts nodes before one, after those that were inserted there earlier.
   *
   * @param index 0 to the number of nodes; the latter appends
   */
  public OnnxEdit insertNodesBefore(int index, List<NodeProto> nodes) {
    Objects.checkIndex(index, model.nodes().size() + 1);
    insertedNodes.computeIfAbsent(index, key -> new ArrayList<>()).addAll(nodes);
    return this;
  }

  /**
   * Puts another tensor in the place of an initializer. Its name may differ; documentation and
   * metadata of the old one are kept.
   *
   * @throws IllegalArgumentException if there is no such initializer
   */
  public OnnxEdit replaceInitializer(String name, TensorSource tensor) {
    return editInitializer(name, List.of(tensor));
  }

  /**
   * Removes an initializer.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public OnnxEdit removeInitializer(String name) {
    return editInitializer(name, List.of());
  }

  /** Adds an initializer after those of the model. */
  public OnnxEdit addInitializer(TensorSource tensor) {
    addedTensors.add(tensor);
    return this;
  }

  public OnnxEdit replaceInput(int index, ValueInfoProto input) {
    return edit(GraphProto.INPUT_FIELD_NUMBER, index, model.inputs(), List.of(input));
  }

  public OnnxEdit removeInput(int index) {
    return edit(GraphProto.INPUT_FIELD_NUMBER, index, model.inputs(), List.of());
  }

  public OnnxEdit replaceOutput(int index, ValueInfoProto output) {
    return edit(GraphProto.OUTPUT_FIELD_NUMBER, index, model.outputs(), List.of(output));
  }

  public OnnxEdit removeOutput(int index) {
    return edit(GraphProto.OUTPUT_FIELD_NUMBER, index, model.outputs(), List.of());
  }

  /** Adds a graph input after those of the model. */
  public OnnxEdit addInput(ValueInfoProto input) {
    addedInputs.add(input);
    return this;
  }

  /** Adds a graph output after those of the model. A name alone will do for ONNX Runtime. */
  public OnnxEdit addOutput(ValueInfoProto output) {
    addedOutputs.add(output);
    return this;
  }

  public OnnxEdit replaceValueInfo(int index, ValueInfoProto info) {
    return edit(GraphProto.VALUE_INFO_FIELD_NUMBER, index, model.valueInfos(), List.of(info));
  }

  public OnnxEdit removeValueInfo(int index) {
    return edit(GraphProto.VALUE_INFO_FIELD_NUMBER, index, model.valueInfos(), List.of());
  }

  /**
   * Writes the result: in a hidden folder beside the target, forced to disk, then moved into place,
   * so that nobody ever sees half a file. The target may be the source. If the source has external
   * data, or the result would exceed the 2 GB that protobuf allows, tensors of 1 KiB and more go to
   * {@code <out>.data} beside it.
   *
   * @throws OnnxFileException if the folder does not exist, {@code out} is a folder, or writing
   *     fails; no file is left behind
   */
  public void write(Path out) {
    ModelWriter.write(model, this, out);
  }

  /**
   * Writes the result as {@link #write(Path)} does, to appear together with other files.
   *
   * @throws OnnxFileException as there
   */
  public void write(Path out, StagedFiles files) {
    ModelWriter.stage(model, this, out, files);
  }

  /**
   * Writes the edited model to a stream, with all weights inside, and leaves the stream open.
   *
   * @throws IOException if the stream does
   * @throws OnnxFileException if it is larger than 2 GB in one piece
   */
  public void write(OutputStream out) throws IOException {
    ModelWriter.write(model, this, out);
  }

  /**
   * The result as one array, with weights that the source keeps in external data.
   *
   * @throws OnnxFileException if it would exceed 2 GB
   */
  public byte[] toBytes() {
    return ModelWriter.toBytes(model, this);
  }

  /**
   * The result as a model in memory. Weights are read and sliced when they are first asked for, so
   * that this costs what the graph costs. No edit may be made afterwards.
   */
  public OnnxModel toModel() {
    return ModelFile.of(this);
  }

  /**
   * The result as a model without tensors of 1 KiB and more, and these tensors: for a runtime that
   * takes them from memory, so that one candidate after the other can be tried without copying what
   * they share.
   *
   * @throws OnnxFileException if the model without them would exceed 2 GB
   */
  public SplitModel split() {
    return split(dataType -> true);
  }

  /**
   * As {@link #split()}, with tensors apart only if they are of types that the runtime takes.
   *
   * @param dataTypes of the numbers in {@link DataTypes}
   * @throws OnnxFileException if the model without them would exceed 2 GB
   */
  public SplitModel split(IntPredicate dataTypes) {
    return ModelWriter.split(model, this, dataTypes);
  }

  private OnnxEdit edit(int field, int index, List<?> items, List<MessageLite> edit) {
    Objects.checkIndex(index, items.size());
    replaced.computeIfAbsent(field, key -> new HashMap<>()).put(index, edit);
    return this;
  }

  private OnnxEdit editInitializer(String name, List<TensorSource> edit) {
    if (!model.initializers().containsKey(name)) {
      throw new IllegalArgumentException(model + " has no initializer '" + name + "'");
    }
    replacedTensors.put(name, edit);
    return this;
  }

  /** What is edited. */
  OnnxModel model() {
    return model;
  }

  boolean isEmpty() {
    return replaced.isEmpty()
        && insertedNodes.isEmpty()
        && addedInputs.isEmpty()
        && addedOutputs.isEmpty()
        && replacedTensors.isEmpty()
        && addedTensors.isEmpty();
  }

  /**
   * What stands in the place of one item of a graph field: one message, or none; empty if it is
   * untouched.
   */
  Optional<List<MessageLite>> replacement(int field, int index) {
    return Optional.ofNullable(replaced.getOrDefault(field, Map.of()).get(index));
  }

  /** What stands in the place of an initializer: one tensor, or none; empty if it is untouched. */
  Optional<List<TensorSource>> replacement(String initializer) {
    return Optional.ofNullable(replacedTensors.get(initializer));
  }

  List<NodeProto> nodesBefore(int index) {
    return insertedNodes.getOrDefault(index, List.of());
  }

  List<ValueInfoProto> addedInputs() {
    return addedInputs;
  }

  List<ValueInfoProto> addedOutputs() {
    return addedOutputs;
  }

  List<TensorSource> addedTensors() {
    return addedTensors;
  }
}
