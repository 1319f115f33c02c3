package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tensors of one number that are made once and written into in several places, such as the zeros
 * into which the halves of rotary embeddings are written in every layer: a tensor for each place,
 * since the places have nothing else in common.
 */
final class SharedZeros {
  private static final Set<String> WRITERS = Set.of("Scatter", "ScatterElements", "ScatterND");

  private final OnnxModel model;
  private final Map<String, Integer> makers = new HashMap<>();
  private final Set<String> written = new HashSet<>();
  private final Set<String> taken;
  private final Set<String> nodeNames = new HashSet<>();

  private SharedZeros(OnnxModel model) {
    this.model = model;
    this.taken = new HashSet<>(new NamesWithin(model.nodes()).tensors());
    taken.addAll(model.initializers().keySet());
    model.inputs().forEach(input -> taken.add(input.getName()));
  }

  /** The model with a tensor for each place; the model itself where there is no such tensor. */
  static OnnxModel separate(OnnxModel model) {
    return model.nodes().stream().filter(SharedZeros::writes).count() > 1
        ? new SharedZeros(model).separate()
        : model;
  }

  private static boolean isStandard(NodeProto node) {
    return OnnxModel.domain(node.getDomain()).isEmpty();
  }

  private static boolean writes(NodeProto node) {
    return WRITERS.contains(node.getOpType()) && isStandard(node) && node.getInputCount() > 0;
  }

  private OnnxModel separate() {
    OnnxEdit edit = new OnnxEdit(model);
    Set<String> numbers = new HashSet<>();
    model.initializers().values().stream()
        .filter(tensor -> tensor.elementCount() == 1)
        .forEach(tensor -> numbers.add(tensor.name()));
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      nodeNames.add(node.getName());
      if (isNumber(node)) {
        numbers.add(node.getOutput(0));
      }
      boolean made =
          node.getOpType().equals("ConstantOfShape")
              || (node.getOpType().equals("Expand") && numbers.contains(node.getInput(0)));
      if (made && isStandard(node) && node.getOutputCount() == 1) {
        makers.put(node.getOutput(0), i);
      }
    }
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      Integer maker = writes(node) ? makers.get(node.getInput(0)) : null;
      if (maker != null && !written.add(node.getInput(0))) {
        NodeProto copy = copy(model.nodes().get(maker));
        edit.insertNodesBefore(i, List.of(copy));
        edit.replaceNode(i, node.toBuilder().setInput(0, copy.getOutput(0)).build());
      }
    }
    return edit.isEmpty() ? model : edit.toModel();
  }

  private static boolean isNumber(NodeProto node) {
    return node.getOpType().equals("Constant")
        && node.getOutputCount() == 1
        && node.getAttributeCount() == 1
        && (node.getAttribute(0).getName().matches("value_(int|float)")
            || (node.getAttribute(0).hasT()
                && node.getAttribute(0).getT().getDimsList().stream().allMatch(dim -> dim == 1)));
  }

  private NodeProto copy(NodeProto maker) {
    NodeProto.Builder copy = maker.toBuilder();
    copy.setOutput(0, unique(maker.getOutput(0), taken));
    if (!maker.getName().isEmpty()) {
      copy.setName(unique(maker.getName(), nodeNames));
    }
    return copy.build();
  }

  private static String unique(String wanted, Set<String> names) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
