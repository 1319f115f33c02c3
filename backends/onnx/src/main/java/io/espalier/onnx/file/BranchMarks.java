package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.Set;

/**
 * What nodes say of the branch that they were taken from while a model is analysed. Such marks are
 * never written to a file.
 */
final class BranchMarks {
  /** Of a node inside a branch: which one; of a join inside a branch, too. */
  private static final String BRANCH = "espalier.branch";

  /** Of a join: the {@code If} that it stands for. */
  private static final String JOIN = "espalier.join";

  /** Of a join: the type of its elements. */
  private static final String TYPE = "espalier.type";

  /** Of a join: how many axes it has. */
  private static final String RANK = "espalier.rank";

  private static final String BODY = "body ";

  private static final Set<String> MARKS = Set.of(BRANCH, JOIN, TYPE, RANK);

  private BranchMarks() {}

  /** The name of a branch. */
  static String branch(String choice, boolean condition) {
    return (condition ? "then " : "else ") + choice;
  }

  /** The name of the branch that is the body of a loop. */
  static String body(String loop) {
    return BODY + loop;
  }

  /** Whether a branch is the body of a loop. */
  static boolean isBody(String branch) {
    return branch.startsWith(BODY);
  }

  /** The {@code If} or loop that a branch belongs to. */
  static String choice(String branch) {
    return branch.substring(branch.indexOf(' ') + 1);
  }

  static NodeProto inside(NodeProto node, String branch) {
    return branch.isEmpty() ? node : with(node, BRANCH, branch);
  }

  static NodeProto join(NodeProto node, String choice, int type, int rank) {
    NodeProto typed = with(with(node, JOIN, choice), TYPE, String.valueOf(type));
    return with(typed, RANK, String.valueOf(rank));
  }

  /** The innermost branch that a node was taken from; the empty string for none. */
  static String branch(NodeProto node) {
    return value(node, BRANCH);
  }

  /** The {@code If} that a node is a join of; the empty string for none. */
  static String choice(NodeProto node) {
    return value(node, JOIN);
  }

  /** The element type of a join, of the numbers in {@link DataTypes}. */
  static int type(NodeProto join) {
    return Integer.parseInt(value(join, TYPE));
  }

  /** How many axes a join has. */
  static int rank(NodeProto join) {
    return Integer.parseInt(value(join, RANK));
  }

  /** The node as it is written. */
  static NodeProto without(NodeProto node) {
    NodeProto.Builder plain = node.toBuilder().clearMetadataProps();
    node.getMetadataPropsList().stream()
        .filter(entry -> !MARKS.contains(entry.getKey()))
        .forEach(plain::addMetadataProps);
    return plain.build();
  }

  static boolean has(NodeProto node, String key) {
    return node.getMetadataPropsList().stream().anyMatch(entry -> entry.getKey().equals(key));
  }

  static String value(NodeProto node, String key) {
    for (StringStringEntryProto entry : node.getMetadataPropsList()) {
      if (entry.getKey().equals(key)) {
        return entry.getValue();
      }
    }
    return "";
  }

  static NodeProto with(NodeProto node, String key, String value) {
    return node.toBuilder()
        .addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value))
        .build();
  }
}
