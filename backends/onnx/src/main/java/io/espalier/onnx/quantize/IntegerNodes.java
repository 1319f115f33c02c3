package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.TensorSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes that read a weight in eight bits, named as ONNX Runtime's tool names them, so that the
 * runtime fuses them as it fuses those of the tool.
 */
final class IntegerNodes {
  private final Names names;
  private final Map<String, NodeProto> rounded = new HashMap<>();

  IntegerNodes(Names names) {
    this.names = names;
  }

  /** What stands in the place of a node; the last has the node's first output. */
  List<NodeProto> inPlaceOf(NodeProto node, Arrangement arrangement, StoredParts weight) {
    return switch (arrangement) {
      case TABLE -> rows(node, weight);
      case CODES -> fours(node, weight);
      case MATRIX, TURNED_MATRIX -> product(node, weight);
    };
  }

  /** Every reader of one activation shares its integers. */
  private NodeProto rounded(String activation, List<NodeProto> nodes) {
    NodeProto known = rounded.get(activation);
    if (known != null) {
      return known;
    }
    NodeProto made =
        NodeProto.newBuilder()
            .setOpType("DynamicQuantizeLinear")
            .setName(names.fresh(activation + "_QuantizeLinear"))
            .addInput(activation)
            .addOutput(names.fresh(activation + "_quantized"))
            .addOutput(names.fresh(activation + "_scale"))
            .addOutput(names.fresh(activation + "_zero_point"))
            .build();
    rounded.put(activation, made);
    nodes.add(made);
    return made;
  }

  private List<NodeProto> product(NodeProto node, StoredParts weight) {
    List<NodeProto> nodes = new ArrayList<>();
    NodeProto x = rounded(node.getInput(0), nodes);
    String label = label(node);
    String scale =
        add(nodes, "Mul", label + "_quant_scales_mul", x.getOutput(1), weight.scales().name());
    String sums =
        add(
            nodes,
            "MatMulInteger",
            label + "_quant",
            x.getOutput(0),
            weight.integers().name(),
            x.getOutput(2),
            weight.zeros().name());
    String cast = cast(nodes, label, sums, DataTypes.FLOAT);
    boolean bias = node.getInputCount() > 2 && !node.getInput(2).isEmpty();
    if (bias) {
      String scaled = add(nodes, "Mul", label + "_quant_output_scale_mul", cast, scale);
      nodes.add(last("Add", label + "_bias", node, scaled, node.getInput(2)));
    } else {
      nodes.add(last("Mul", label + "_quant_output_scale_mul", node, cast, scale));
    }
    return nodes;
  }

  private List<NodeProto> rows(NodeProto node, StoredParts weight) {
    List<NodeProto> nodes = new ArrayList<>();
    String label = label(node);
    String ids = node.getInput(1);
    String integers = add(nodes, "Gather", label + "_quant", weight.integers().name(), ids);
    String scales = add(nodes, "Gather", label + "_scales", weight.scales().name(), ids);
    String cast = cast(nodes, label, integers, DataTypes.FLOAT);
    nodes.add(last("Mul", label + "_quant_output_scale_mul", node, cast, scales));
    return nodes;
  }

  /** The codes of rows, what they stand for, and all of that side by side. */
  private List<NodeProto> fours(NodeProto node, StoredParts weight) {
    List<NodeProto> nodes = new ArrayList<>();
    String label = label(node);
    String ids = node.getInput(1);
    TensorSource codes = weight.tensors().get(0);
    String picked = add(nodes, "Gather", label + "_codes", codes.name(), ids);
    String cast = cast(nodes, label + "_codes", picked, DataTypes.INT32);
    String starts = weight.tensors().get(1).name();
    String places = add(nodes, "Add", label + "_codes_places", cast, starts);
    String books = weight.tensors().get(2).name();
    String fours = add(nodes, "Gather", label + "_codes_fours", books, places);
    String shape = add(nodes, "Shape", label + "_codes_shape", ids);
    String whole =
        add(nodes, "Concat", label + "_codes_rows", shape, weight.tensors().get(3).name());
    nodes.set(nodes.size() - 1, with(nodes.get(nodes.size() - 1), "axis", 0));
    nodes.add(last("Reshape", label + "_codes_side_by_side", node, fours, whole));
    return nodes;
  }

  private static String label(NodeProto node) {
    return node.getName().isEmpty() ? node.getOutput(0) : node.getName();
  }

  private String cast(List<NodeProto> nodes, String label, String integers, int type) {
    String output = add(nodes, "Cast", label + "_output_cast", integers);
    nodes.set(nodes.size() - 1, with(nodes.get(nodes.size() - 1), "to", type));
    return output;
  }

  private static NodeProto with(NodeProto node, String attribute, long value) {
    return node.toBuilder()
        .addAttribute(
            AttributeProto.newBuilder().setName(attribute).setType(AttributeType.INT).setI(value))
        .build();
  }

  private String add(List<NodeProto> nodes, String operator, String name, String... inputs) {
    String unique = names.fresh(name);
    String output = names.fresh(unique + "_output_0");
    nodes.add(node(operator, unique, output, inputs));
    return output;
  }

  private NodeProto last(String operator, String name, NodeProto replaced, String... inputs) {
    return node(operator, names.fresh(name), replaced.getOutput(0), inputs);
  }

  private static NodeProto node(String operator, String name, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(name)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }
}
