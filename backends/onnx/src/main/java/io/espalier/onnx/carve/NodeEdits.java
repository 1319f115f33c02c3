package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The nodes of a model that change, by their position in the file. */
final class NodeEdits {
  private final OnnxModel model;
  private final Map<Integer, NodeProto.Builder> changed = new TreeMap<>();

  NodeEdits(OnnxModel model) {
    this.model = model;
  }

  /** The node as it will be. */
  NodeProto node(int index) {
    NodeProto.Builder builder = changed.get(index);
    return builder == null ? model.nodes().get(index) : builder.build();
  }

  /** The positions of nodes that differ from the file. */
  Iterable<Integer> changed() {
    return changed.keySet();
  }

  private NodeProto.Builder builder(int index) {
    return changed.computeIfAbsent(index, i -> model.nodes().get(i).toBuilder());
  }

  /**
   * Makes a node read another tensor; inputs that were left out before it are written as empty
   * names.
   */
  void setInput(int index, int input, String name) {
    NodeProto.Builder builder = builder(index);
    while (builder.getInputCount() <= input) {
      builder.addInput("");
    }
    builder.setInput(input, name);
  }

  /** Makes a node copy a tensor to one that it computes, and do nothing else. */
  void setCopy(int index, String from, String to) {
    NodeProto.Builder builder = builder(index);
    String name = builder.getName();
    builder.clear().setName(name).setOpType("Identity").addInput(from).addOutput(to);
  }

  /** Puts a new tensor in the place of a Constant node's value. */
  void setConstant(int index, AttributeProto value) {
    builder(index).clearAttribute().addAttribute(value);
  }

  /**
   * Sets an integer attribute, or one element of a list of integers; absent ones are added.
   *
   * @param position the position in a list; -1 for a single integer
   */
  void setAttribute(int index, String name, int position, long value) {
    NodeProto now = node(index);
    int at = attribute(now, name);
    long present = at < 0 ? value - 1 : value(now.getAttribute(at), position, value - 1);
    if (present == value) {
      return;
    }
    NodeProto.Builder builder = builder(index);
    AttributeProto.Builder attribute =
        at < 0 ? AttributeProto.newBuilder().setName(name) : builder.getAttribute(at).toBuilder();
    if (position < 0) {
      attribute.setType(AttributeProto.AttributeType.INT).setI(value);
    } else {
      attribute.setType(AttributeProto.AttributeType.INTS);
      while (attribute.getIntsCount() <= position) {
        attribute.addInts(0);
      }
      attribute.setInts(position, value);
    }
    if (at < 0) {
      builder.addAttribute(attribute);
    } else {
      builder.setAttribute(at, attribute);
    }
  }

  /** Removes an attribute if it is there. */
  void removeAttribute(int index, String name) {
    int at = attribute(node(index), name);
    if (at >= 0) {
      builder(index).removeAttribute(at);
    }
  }

  private static long value(AttributeProto attribute, int position, long otherwise) {
    return position < 0
        ? attribute.getI()
        : position < attribute.getIntsCount() ? attribute.getInts(position) : otherwise;
  }

  private static int attribute(NodeProto node, String name) {
    List<AttributeProto> attributes = node.getAttributeList();
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.get(i).getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
