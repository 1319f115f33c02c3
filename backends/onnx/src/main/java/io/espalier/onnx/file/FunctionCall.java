package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One call of a function: its nodes, with the caller's names and attributes. */
final class FunctionCall {
  private final FunctionProto function;
  private final String prefix;
  private final Set<String> nodeNames;
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, AttributeProto> attributes = new HashMap<>();

  /**
   * @param prefix what the names of nodes inside begin with, and those of tensors
   * @param kept the tensors inside that keep their own names
   * @param nodeNames the names that other nodes have; those of these nodes are added
   */
  FunctionCall(
      FunctionProto function,
      NodeProto call,
      String prefix,
      Set<String> kept,
      Set<String> nodeNames) {
    this.function = function;
    this.prefix = prefix;
    this.nodeNames = nodeNames;
    kept.forEach(name -> names.put(name, name));
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
    }
    for (int i = 0; i < call.getOutputCount(); i++) {
      if (!call.getOutput(i).isEmpty()) {
        names.put(function.getOutput(i), call.getOutput(i));
      }
    }
    names.put("", "");
    function.getAttributeProtoList().forEach(given -> attributes.put(given.getName(), given));
    call.getAttributeList().forEach(given -> attributes.put(given.getName(), given));
  }

  /** The nodes of the function, renamed. */
  List<NodeProto> nodes() {
    return function.getNodeList().stream().map(this::node).toList();
  }

  private String name(String inside) {
    return names.computeIfAbsent(inside, name -> prefix + name);
  }

  /** ONNX Runtime refuses a graph in which two nodes have one name. */
  private String nodeName(String wanted) {
    String name = wanted;
    for (int i = 2; !nodeNames.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private NodeProto node(NodeProto node) {
    NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput().clearAttribute();
    copy.setName(nodeName(prefix + (node.getName().isEmpty() ? node.getOpType() : node.getName())));
    node.getInputList().forEach(input -> copy.addInput(name(input)));
    node.getOutputList().forEach(output -> copy.addOutput(name(output)));
    for (AttributeProto attribute : node.getAttributeList()) {
      AttributeProto given = attribute(attribute);
      if (given != null) {
        copy.addAttribute(given);
      }
    }
    return copy.build();
  }

  /** An attribute as the call sets it; null where it leaves it out. */
  private @Nullable AttributeProto attribute(AttributeProto attribute) {
    if (!attribute.getRefAttrName().isEmpty()) {
      AttributeProto given = attributes.get(attribute.getRefAttrName());
      return given == null ? null : given.toBuilder().setName(attribute.getName()).build();
    }
    AttributeProto.Builder copy = attribute.toBuilder();
    if (copy.hasG()) {
      copy.setG(graph(copy.getG()));
    }
    for (int i = 0; i < copy.getGraphsCount(); i++) {
      copy.setGraphs(i, graph(copy.getGraphs(i)));
    }
    return copy.build();
  }

  private GraphProto graph(GraphProto graph) {
    GraphProto.Builder copy = graph.toBuilder().clearNode();
    graph.getNodeList().forEach(node -> copy.addNode(node(node)));
    copy.getInputBuilderList().forEach(this::rename);
    copy.getOutputBuilderList().forEach(this::rename);
    copy.getValueInfoBuilderList().forEach(this::rename);
    copy.getInitializerBuilderList().forEach(tensor -> tensor.setName(name(tensor.getName())));
    copy.getSparseInitializerBuilderList().stream()
        .map(tensor -> tensor.getValuesBuilder())
        .forEach(values -> values.setName(name(values.getName())));
    return copy.build();
  }

  private void rename(ValueInfoProto.Builder info) {
    info.setName(name(info.getName()));
  }
}
