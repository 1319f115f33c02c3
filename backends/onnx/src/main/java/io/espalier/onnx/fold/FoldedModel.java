package io.espalier.onnx.fold;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.ConstantValues;
import io.espalier.onnx.runtime.OnnxRunException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values in the place of what is computed from parameters alone over an axis of them: a weight
 * and its norm are one weight, to be cut where it meets data. Read as it stands, such a file would
 * need the weight whole for the norm, and cut for the layer.
 */
public final class FoldedModel {
  private static final int IR_WITH_PLAIN_INITIALIZERS = 4;

  /** Protobuf holds no more, and what is folded must be in memory. */
  private static final long MOST_BYTES = Integer.MAX_VALUE / 2;

  /** The layer that a parameter belongs to, by the names that PyTorch gives. */
  private static final Pattern OWNER =
      Pattern.compile("(.+?)(?:\\.parametrizations\\.[^.]+)?\\.[^.]+");

  private static final String WEIGHT = ".weight";
  private static final String FOLDED_WEIGHT = ".folded_weight";

  private final OnnxModel model;
  private final Mixed mixed;

  private FoldedModel(OnnxModel model) {
    this.model = model;
    this.mixed = new Mixed(model);
  }

  /**
   * The model with values in the place of such computations; without those that cannot be run, and
   * those by which the file would hold more than before.
   */
  public static OnnxModel of(OnnxModel model) {
    return model.irVersion() >= IR_WITH_PLAIN_INITIALIZERS && Mixed.mayBeIn(model)
        ? new FoldedModel(model).fold()
        : model;
  }

  private OnnxModel fold() {
    Map<String, List<Integer>> readers = new LinkedHashMap<>(mixed.meetingData());
    readers.keySet().removeIf(tensor -> !stands(tensor));
    Map<String, OnnxTensor> values = new LinkedHashMap<>();
    for (Set<String> group : mixed.groups(readers.keySet())) {
      values.putAll(smaller(group));
    }
    if (values.isEmpty()) {
      return model;
    }
    OnnxEdit edit = replace(readers, values, firstOfEqual(values));
    new Unread(model, mixed.makers(values.keySet()), values.keySet()).removeFrom(edit);
    return edit.toModel();
  }

  /** The values of tensors that are made together; none if the file would hold more with them. */
  private Map<String, OnnxTensor> smaller(Set<String> tensors) {
    Set<Integer> makers = mixed.makers(tensors);
    Map<String, OnnxTensor> values = values(tensors, makers);
    Map<String, String> first = firstOfEqual(values);
    long before = 0;
    for (String name : new Unread(model, makers, values.keySet()).initializers()) {
      before += initializer(name).byteSize();
    }
    long after = 0;
    for (Map.Entry<String, OnnxTensor> entry : values.entrySet()) {
      after += entry.getKey().equals(first.get(entry.getKey())) ? entry.getValue().byteSize() : 0;
    }
    return values.size() < tensors.size() || after > before ? Map.of() : values;
  }

  /** Whether nothing else would be lost with the node that computes a tensor. */
  private boolean stands(String tensor) {
    NodeProto producer = model.nodes().get(mixed.producer(tensor));
    return producer.getOutputList().stream().filter(output -> !output.isEmpty()).count() == 1
        && model.outputs().stream().noneMatch(output -> output.getName().equals(tensor));
  }

  private Set<String> leaves(Set<Integer> makers) {
    Set<String> leaves = new LinkedHashSet<>();
    for (int maker : makers) {
      for (String input : model.nodes().get(maker).getInputList()) {
        if (model.initializers().containsKey(input)) {
          leaves.add(input);
        }
      }
    }
    return leaves;
  }

  private OnnxTensor initializer(String name) {
    return Objects.requireNonNull(model.initializers().get(name), name);
  }

  /** The values of tensors; none where they cannot be computed or are no floating-point numbers. */
  private Map<String, OnnxTensor> values(Set<String> tensors, Set<Integer> makers) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("parameters");
    long bytes = 0;
    for (String leaf : leaves(makers)) {
      OnnxTensor tensor = initializer(leaf);
      bytes += tensor.byteSize();
      if (bytes > MOST_BYTES) {
        return Map.of();
      }
      TensorProto.Builder copy =
          TensorProto.newBuilder()
              .setName(leaf)
              .setDataType(tensor.dataType())
              .setRawData(ByteString.copyFrom(tensor.bytes().duplicate()));
      for (long dim : tensor.dims()) {
        copy.addDims(dim);
      }
      graph.addInitializer(copy);
    }
    makers.forEach(maker -> graph.addNode(model.nodes().get(maker)));
    tensors.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    ModelProto.Builder alone =
        ModelProto.newBuilder().setIrVersion(model.irVersion()).setGraph(graph);
    model
        .opsets()
        .forEach(
            (domain, version) ->
                alone.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    try {
      Map<String, OnnxTensor> values = ConstantValues.of(alone.build().toByteArray());
      values.values().removeIf(value -> !DataTypes.isFloating(value.dataType()));
      return values;
    } catch (OnnxRunException e) {
      // Nobody knows these values; the axes that are mixed stay as they are, and say so.
      return Map.of();
    }
  }

  /** For each tensor the first of its values, so that one layer that runs twice stays one. */
  private static Map<String, String> firstOfEqual(Map<String, OnnxTensor> values) {
    Map<List<Object>, String> known = new HashMap<>();
    Map<String, String> first = new HashMap<>();
    values.forEach(
        (name, value) -> {
          List<Object> dims = new ArrayList<>(List.of(value.dataType()));
          for (long dim : value.dims()) {
            dims.add(dim);
          }
          ByteBuffer bytes = value.bytes().duplicate();
          bytes.rewind();
          dims.add(bytes.slice());
          first.put(name, known.computeIfAbsent(dims, key -> name));
        });
    return first;
  }

  /**
   * Names that say whose weights they are: {@code conv.weight} for what is computed of {@code
   * conv.weight_v}, and {@code conv.folded_weight} where the former is taken. None where that says
   * nothing.
   */
  private Map<String, String> names(Set<String> tensors) {
    Set<String> taken = new HashSet<>(model.initializers().keySet());
    model.nodes().forEach(node -> taken.addAll(node.getOutputList()));
    model.inputs().forEach(input -> taken.add(input.getName()));
    Map<String, String> names = new HashMap<>();
    for (String tensor : tensors) {
      String largest =
          leaves(mixed.makers(Set.of(tensor))).stream()
              .max(Comparator.comparingLong(leaf -> initializer(leaf).byteSize()))
              .orElse("");
      Matcher owner = OWNER.matcher(largest);
      if (owner.matches() && taken.add(owner.group(1) + WEIGHT)) {
        names.put(tensor, owner.group(1) + WEIGHT);
      } else if (owner.matches() && taken.add(owner.group(1) + FOLDED_WEIGHT)) {
        names.put(tensor, owner.group(1) + FOLDED_WEIGHT);
      }
    }
    return names;
  }

  private OnnxEdit replace(
      Map<String, List<Integer>> readers,
      Map<String, OnnxTensor> values,
      Map<String, String> first) {
    OnnxEdit edit = new OnnxEdit(model);
    Map<Integer, NodeProto.Builder> changed = new LinkedHashMap<>();
    Map<String, String> names = names(values.keySet());
    values.forEach(
        (name, value) -> {
          String kept = first.getOrDefault(name, name);
          String stored = names.getOrDefault(kept, kept);
          if (kept.equals(name)) {
            edit.addInitializer(TensorSource.copyOf(value, stored));
          }
          if (stored.equals(name)) {
            return;
          }
          for (int reader : readers.getOrDefault(name, List.of())) {
            NodeProto.Builder node =
                changed.computeIfAbsent(reader, i -> model.nodes().get(i).toBuilder());
            for (int i = 0; i < node.getInputCount(); i++) {
              if (node.getInput(i).equals(name)) {
                node.setInput(i, stored);
              }
            }
          }
        });
    changed.forEach((index, node) -> edit.replaceNode(index, node.build()));
    return edit;
  }
}
