package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds out what the sub-graphs of a node read by name from around them. */
public final class Captures {
  private Captures() {}

  /** The names, each once, in the order of their first use; those of nested sub-graphs included. */
  public static List<String> of(NodeProto node) {
    Set<String> captured = new LinkedHashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        collect(attribute.getG(), captured);
      }
      if (attribute.getGraphsCount() > 0) {
        attribute.getGraphsList().forEach(graph -> collect(graph, captured));
      }
    }
    return captured.isEmpty() ? List.of() : new ArrayList<>(captured);
  }

  private static void collect(GraphProto graph, Set<String> captured) {
    Set<String> own = new HashSet<>();
    graph.getInputList().forEach(input -> own.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> own.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(tensor -> own.add(tensor.getValues().getName()));
    graph.getNodeList().forEach(node -> own.addAll(node.getOutputList()));
    own.add("");
    for (NodeProto node : graph.getNodeList()) {
      addForeign(node.getInputList(), own, captured);
      addForeign(of(node), own, captured);
    }
    graph.getOutputList().forEach(output -> addForeign(List.of(output.getName()), own, captured));
  }

  private static void addForeign(List<String> names, Set<String> own, Set<String> captured) {
    for (String name : names) {
      if (!own.contains(name)) {
        captured.add(name);
      }
    }
  }
}
