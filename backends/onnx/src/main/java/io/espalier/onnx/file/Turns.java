package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code Loop} or {@code Scan}, taken apart.
 *
 * @param node the node
 * @param body what is run in each turn
 * @param entries what the body is given, in its order
 * @param ends what the body gives, in its order
 */
record Turns(NodeProto node, GraphProto body, List<Entry> entries, List<End> ends) {
  private static final String BODY = "body";
  private static final String SCAN = "Scan";

  /** How a tensor crosses the border of a body. */
  enum Way {
    /** The number of the turn. */
    TURN,
    /** Whether there is another turn. */
    CONDITION,
    /** Handed from turn to turn. */
    CARRIED,
    /** A slice of a tensor for each turn. */
    SLICE
  }

  /**
   * What a body is given.
   *
   * @param input the input of the node that it is made of; -1 for none
   * @param axis the axis that a slice has not
   */
  record Entry(Way way, int input, int axis) {}

  /**
   * What a body gives.
   *
   * @param output the output of the node; -1 for none
   * @param entry what it is in the next turn, of what the body is given; -1 for none
   * @param axis the axis along which slices are put together
   */
  record End(Way way, int output, int entry, int axis) {}

  static boolean isLoop(NodeProto node) {
    return OnnxModel.domain(node.getDomain()).isEmpty()
        && (node.getOpType().equals("Loop") || node.getOpType().equals(SCAN));
  }

  /** The node taken apart; empty where its body is not what the operator asks for. */
  static Optional<Turns> of(NodeProto node) {
    GraphProto body =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals(BODY) && attribute.hasG())
            .map(AttributeProto::getG)
            .findFirst()
            .orElse(GraphProto.getDefaultInstance());
    List<Entry> entries = new ArrayList<>();
    List<End> ends = new ArrayList<>();
    if (node.getOpType().equals(SCAN)) {
      scan(node, entries, ends);
    } else {
      loop(node, entries, ends);
    }
    Turns turns = new Turns(node, body, entries, ends);
    return body.getInputCount() == entries.size() && body.getOutputCount() == ends.size()
        ? Optional.of(turns)
        : Optional.empty();
  }

  /** The node with another body. */
  static NodeProto withBody(NodeProto node, GraphProto body) {
    NodeProto.Builder changed = node.toBuilder();
    changed.getAttributeBuilderList().stream()
        .filter(attribute -> attribute.getName().equals(BODY))
        .forEach(attribute -> attribute.setG(body));
    return changed.build();
  }

  private static void loop(NodeProto node, List<Entry> entries, List<End> ends) {
    entries.add(new Entry(Way.TURN, -1, 0));
    entries.add(new Entry(Way.CONDITION, -1, 0));
    ends.add(new End(Way.CONDITION, -1, -1, 0));
    int carried = node.getInputCount() - 2;
    for (int i = 0; i < carried; i++) {
      entries.add(new Entry(Way.CARRIED, i + 2, 0));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      ends.add(i < carried ? new End(Way.CARRIED, i, i + 2, 0) : new End(Way.SLICE, i, -1, 0));
    }
  }

  private static void scan(NodeProto node, List<Entry> entries, List<End> ends) {
    int scanned = (int) numbers(node, "num_scan_inputs", 1)[0];
    int carried = node.getInputCount() - scanned;
    long[] in = numbers(node, "scan_input_axes", Math.max(0, scanned));
    long[] out = numbers(node, "scan_output_axes", Math.max(0, node.getOutputCount() - carried));
    for (int i = 0; i < node.getInputCount(); i++) {
      entries.add(
          i < carried
              ? new Entry(Way.CARRIED, i, 0)
              : new Entry(Way.SLICE, i, i - carried < in.length ? (int) in[i - carried] : 0));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      ends.add(
          i < carried
              ? new End(Way.CARRIED, i, i, 0)
              : new End(Way.SLICE, i, -1, i - carried < out.length ? (int) out[i - carried] : 0));
    }
  }

  /** Integers of an attribute; as many zeros as are asked for where it is absent. */
  private static long[] numbers(NodeProto node, String name, int otherwise) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute.getIntsCount() > 0
            ? attribute.getIntsList().stream().mapToLong(Long::longValue).toArray()
            : new long[] {attribute.getI()};
      }
    }
    return new long[otherwise];
  }
}
