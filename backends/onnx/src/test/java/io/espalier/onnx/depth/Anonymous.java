package io.espalier.onnx.depth;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A model without names: what an exporter leaves that knows nothing of modules. */
final class Anonymous {
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> kept = new HashSet<>();

  private Anonymous() {}

  /**
   * The same model; only its inputs and outputs keep their names.
   *
   * @throws IllegalArgumentException if it has sub-graphs
   */
  static OnnxModel of(OnnxModel model) {
    try {
      ModelProto proto = ModelProto.parseFrom(new OnnxEdit(model).toBytes());
      return OnnxModel.of(new Anonymous().rename(proto.toBuilder()).build());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private ModelProto.Builder rename(ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    Set<String> stored = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> stored.add(tensor.getName()));
    for (ValueInfoProto input : graph.getInputList()) {
      if (!stored.contains(input.getName())) {
        kept.add(input.getName());
      }
    }
    graph.getOutputList().forEach(output -> kept.add(output.getName()));
    graph.getInputBuilderList().forEach(input -> input.setName(name(input.getName())));
    graph.getInitializerBuilderList().forEach(tensor -> tensor.setName(name(tensor.getName())));
    graph.clearValueInfo();
    graph.getNodeBuilderList().forEach(this::rename);
    return model;
  }

  private void rename(NodeProto.Builder node) {
    node.clearName().clearMetadataProps().clearDocString();
    for (int i = 0; i < node.getInputCount(); i++) {
      node.setInput(i, name(node.getInput(i)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      node.setOutput(i, name(node.getOutput(i)));
    }
    for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        throw new IllegalArgumentException("a model with sub-graphs");
      }
    }
  }

  private String name(String before) {
    return before.isEmpty() || kept.contains(before)
        ? before
        : names.computeIfAbsent(before, key -> "t" + names.size());
  }
}
