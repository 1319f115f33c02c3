package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the parameters of a carved model are those of the original, or the slices of them that
 * the manifest keeps, to the byte: beside a run, which is blind to a row of a table that no input
 * asks for. Nodes are matched by their first output. What is computed from parameters alone is
 * computed, on both sides; what the original does not have at all is left to the run.
 */
final class ParameterCheck {
  /** Values that are computed alike differ in the last digit at most. */
  private static final double COMPUTED = 0.1;

  /** Attributes that may follow widths. */
  private static final Set<AttributeType> INTEGERS = Set.of(AttributeType.INT, AttributeType.INTS);

  /** Operators whose second input holds positions. */
  private static final Set<String> COUNTING = Set.of("Gather", "GatherND", "ScatterND");

  private final OnnxModel original;
  private final OnnxModel spelledOut;
  private final OnnxModel carved;
  private final ParameterValues before;
  private final ParameterValues after;
  private final KeptEdges kept;
  private final Set<String> replaced = new HashSet<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final List<Computed> computed = new ArrayList<>();

  /** An edge whose values have to be computed. */
  private record Computed(
      String edge, String before, String after, Map<Integer, List<Integer>> keep) {}

  private ParameterCheck(
      OnnxModel original, OnnxModel spelledOut, OnnxModel carved, Manifest manifest) {
    this.original = original;
    this.spelledOut = spelledOut;
    this.carved = carved;
    this.before = new ParameterValues(spelledOut);
    this.after = new ParameterValues(carved);
    this.kept = new KeptEdges(manifest);
    manifest.skipped().stream().map(Skipped::from).forEach(replaced::add);
  }

  /**
   * What is not as it should be, a sentence for each.
   *
   * @param spelledOut the original, as the masked reference spells it out
   * @param reference the masked reference, if anything has to be computed
   * @param tolerance how far computed values may be off, relative to the largest
   */
  static List<String> of(
      OnnxModel original,
      OnnxModel spelledOut,
      OnnxModel carved,
      Manifest manifest,
      Supplier<OnnxEdit> reference,
      SessionSettings settings,
      double tolerance) {
    ParameterCheck check = new ParameterCheck(original, spelledOut, carved, manifest);
    check.stored();
    if (!check.computed.isEmpty()) {
      check.computed(reference.get(), settings, tolerance * COMPUTED);
    }
    return List.copyOf(check.changed);
  }

  private void stored() {
    Map<String, NodeProto> calls = byOutput(original);
    Map<String, NodeProto> nodes = byOutput(spelledOut);
    for (NodeProto node : carved.nodes()) {
      NodeProto call = calls.get(firstOutput(node));
      boolean kept = call != null && call.getOpType().equals(node.getOpType());
      NodeProto was = kept ? call : nodes.get(firstOutput(node));
      if (was != null && !replaced.contains(firstOutput(node))) {
        node(was, node);
      }
    }
    original
        .initializers()
        .forEach(
            (name, tensor) -> {
              OnnxTensor now = carved.initializers().get(name);
              if (now != null && !seen.contains(name)) {
                compare("'" + name + "'", tensor, now, Map.of());
              }
            });
  }

  private static Map<String, NodeProto> byOutput(OnnxModel model) {
    Map<String, NodeProto> nodes = new HashMap<>();
    model.nodes().forEach(node -> nodes.put(firstOutput(node), node));
    return nodes;
  }

  private static String firstOutput(NodeProto node) {
    return node.getOutputList().stream().filter(name -> !name.isEmpty()).findFirst().orElse("");
  }

  private void node(NodeProto was, NodeProto now) {
    if (!was.getOpType().equals(now.getOpType()) || !was.getDomain().equals(now.getDomain())) {
      changed.add(
          "node '" + was.getName() + "' is " + now.getOpType() + ", not " + was.getOpType());
      return;
    }
    if (was.getOpType().equals("Constant")) {
      return;
    }
    attributes(was, now);
    boolean data = !before.contains(firstOutput(was));
    for (int i = 0; i < Math.min(was.getInputCount(), now.getInputCount()); i++) {
      String from = was.getInput(i);
      String to = now.getInput(i);
      if (!from.isEmpty() && !to.isEmpty() && before.contains(from)) {
        edge(was, i, from, to, data);
      }
    }
  }

  private void attributes(NodeProto was, NodeProto now) {
    Map<String, AttributeProto> old = new HashMap<>();
    was.getAttributeList().forEach(attribute -> old.put(attribute.getName(), attribute));
    for (AttributeProto attribute : now.getAttributeList()) {
      AttributeProto own = old.get(attribute.getName());
      boolean integers = INTEGERS.contains(attribute.getType());
      if (!integers && !attribute.equals(own)) {
        changed.add(
            "attribute '" + attribute.getName() + "' of node '" + was.getName() + "' is another");
      }
    }
  }

  private void edge(NodeProto node, int input, String from, String to, boolean data) {
    String what =
        "'"
            + to
            + "', input "
            + input
            + " of node '"
            + node.getName()
            + "' ("
            + node.getOpType()
            + ")";
    if (!after.contains(to)) {
      changed.add(what + ", is data, but a parameter in the original");
      return;
    }
    if (input == 1 && COUNTING.contains(node.getOpType()) && node.getDomain().isEmpty()) {
      // positions among what is kept: which they must be, only a run tells
      seen.add(to);
      return;
    }
    Map<Integer, List<Integer>> keep = kept.of(firstOutput(node), input);
    OnnxTensor whole = before.stored(from);
    OnnxTensor part = after.stored(to);
    if (whole == null || part == null) {
      if (data) {
        computed.add(new Computed(what, from, to, keep));
      }
      return;
    }
    seen.add(to);
    if (data || kept.contains(firstOutput(node), input)) {
      compare(what, whole, part, keep);
    } else if (!StoredSlices.isSomeSlice(whole, part, kept.sets())
        && !StoredSlices.mayFollowWidths(whole, part)) {
      changed.add(what + ", is no slice of the original's");
    }
  }

  private void compare(
      String what, OnnxTensor whole, OnnxTensor part, Map<Integer, List<Integer>> keep) {
    if (!StoredSlices.isSlice(whole, part, keep)
        && !(keep.isEmpty() && StoredSlices.mayFollowWidths(whole, part))) {
      changed.add(what + ", is not what the manifest keeps of the original's");
    }
  }

  private void computed(OnnxEdit reference, SessionSettings settings, double tolerance) {
    Map<String, Tensor> expected =
        ComputedSlices.values(
            reference.toModel(),
            computed.stream().map(Computed::before).collect(Collectors.toSet()),
            settings);
    Set<String> wanted = computed.stream().map(Computed::after).collect(Collectors.toSet());
    Map<String, Tensor> actual;
    try {
      actual = ComputedSlices.values(carved, wanted, settings);
    } catch (OnnxRunException e) {
      changed.add("what is computed of parameters alone, " + wanted + ": " + e.getMessage());
      return;
    }
    for (Computed edge : computed) {
      Tensor whole = expected.get(edge.before());
      Tensor part = actual.get(edge.after());
      if (whole != null
          && part != null
          && !ComputedSlices.agree(whole, part, edge.keep(), tolerance)) {
        changed.add(edge.edge() + ", is not what the manifest keeps of the original's");
      }
    }
  }
}
