package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Base64;

/**
 * What the nodes of a {@link Scaffold} say of the loop that they stand for. Such nodes are never
 * written to a file.
 */
final class LoopMarks {
  /** Which loop: its first output. */
  private static final String PART = "espalier.loop";

  /** That the node is traced as a loop, whatever it runs: by which operator. */
  private static final String TYPED = "espalier.loop.typed";

  /** Which input of the loop the first tensor is that the node reads, but for a condition. */
  private static final String INPUT = "espalier.loop.input";

  /** What the body is given by the node. */
  private static final String ENTRY = "espalier.loop.entry";

  /** What the body gives to the node. */
  private static final String END = "espalier.loop.end";

  /** Of the last node of a scaffold: the loop, without what lies inside. */
  private static final String LOOP = "espalier.loop.node";

  private LoopMarks() {}

  static NodeProto part(NodeProto node, String loop) {
    return BranchMarks.with(node, PART, loop);
  }

  static NodeProto typed(NodeProto node, String operator) {
    return BranchMarks.with(node, TYPED, operator);
  }

  static NodeProto input(NodeProto node, int input) {
    return BranchMarks.with(node, INPUT, String.valueOf(input));
  }

  static NodeProto entry(NodeProto node, int entry) {
    return BranchMarks.with(node, ENTRY, String.valueOf(entry));
  }

  static NodeProto end(NodeProto node, int end) {
    return BranchMarks.with(node, END, String.valueOf(end));
  }

  static NodeProto last(NodeProto node, NodeProto loop) {
    GraphProto body = Turns.of(loop).orElseThrow().body();
    GraphProto border = body.toBuilder().clearNode().clearInitializer().clearValueInfo().build();
    byte[] bytes = Turns.withBody(loop, border).toByteArray();
    return BranchMarks.with(node, LOOP, Base64.getEncoder().encodeToString(bytes));
  }

  /** The loop that a node is part of the scaffold of; the empty string for none. */
  static String loop(NodeProto node) {
    return BranchMarks.value(node, PART);
  }

  static boolean isPart(NodeProto node) {
    return BranchMarks.has(node, PART);
  }

  /** The operator that a node is traced as; the empty string where it is what it says. */
  static String typed(NodeProto node) {
    return BranchMarks.value(node, TYPED);
  }

  /** The input of the loop that a node reads; -1 for none. */
  static int input(NodeProto node) {
    return number(node, INPUT);
  }

  /** What the body is given by a node; -1 for nothing. */
  static int entry(NodeProto node) {
    return number(node, ENTRY);
  }

  /** What the body gives to a node; -1 for nothing. */
  static int end(NodeProto node) {
    return number(node, END);
  }

  static boolean isLast(NodeProto node) {
    return BranchMarks.has(node, LOOP);
  }

  /** The loop that the last node of a scaffold keeps. */
  static NodeProto kept(NodeProto last) {
    try {
      return NodeProto.parseFrom(Base64.getDecoder().decode(BranchMarks.value(last, LOOP)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the mark of " + last.getName() + " is no node", e);
    }
  }

  private static int number(NodeProto node, String key) {
    return BranchMarks.has(node, key) ? Integer.parseInt(BranchMarks.value(node, key)) : -1;
  }
}
