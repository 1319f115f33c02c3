package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.Optional;

/**
 * Brings tensors of attributes and sub-graphs that stand in external files into the nodes, which
 * may then move.
 */
final class InlinedAttributes {
  private final OnnxModel model;

  InlinedAttributes(OnnxModel model) {
    this.model = model;
  }

  /** The node with such tensors inlined; empty if it has none. */
  Optional<NodeProto> inline(NodeProto node) {
    if (!isExternal(node)) {
      return Optional.empty();
    }
    NodeProto.Builder builder = node.toBuilder();
    builder.getAttributeBuilderList().forEach(this::inline);
    return Optional.of(builder.build());
  }

  static boolean isExternal(NodeProto node) {
    return node.getAttributeList().stream().anyMatch(InlinedAttributes::isExternal);
  }

  private static boolean isExternal(AttributeProto attribute) {
    return isExternal(attribute.getT())
        || attribute.getTensorsList().stream().anyMatch(InlinedAttributes::isExternal)
        || (attribute.hasG() && isExternal(List.of(attribute.getG())))
        || isExternal(attribute.getGraphsList());
  }

  private static boolean isExternal(List<GraphProto> graphs) {
    return graphs.stream()
        .anyMatch(
            graph ->
                graph.getInitializerList().stream().anyMatch(InlinedAttributes::isExternal)
                    || graph.getNodeList().stream().anyMatch(InlinedAttributes::isExternal));
  }

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private void inline(AttributeProto.Builder attribute) {
    if (attribute.hasT()) {
      inline(attribute.getTBuilder());
    }
    attribute.getTensorsBuilderList().forEach(this::inline);
    if (attribute.hasG()) {
      inline(attribute.getGBuilder());
    }
    attribute.getGraphsBuilderList().forEach(this::inline);
  }

  private void inline(GraphProto.Builder graph) {
    graph.getInitializerBuilderList().forEach(this::inline);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      node.getAttributeBuilderList().forEach(this::inline);
    }
  }

  private void inline(TensorProto.Builder tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      OnnxTensor elements = model.tensor(tensor.build());
      tensor
          .clearDataLocation()
          .clearExternalData()
          .setRawData(UnsafeByteOperations.unsafeWrap(elements.bytes()));
    }
  }
}
