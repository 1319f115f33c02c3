package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.DataTypes;
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
  List<NodeProto> inPlaceOf(NodeProto node, StoredParts weight) {
    return node.getOpType().equals("Gather") ? rows(node, weight) : product(node, weight);
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
    String cast = cast(nodes, label, sums);
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
    String cast = cast(nodes, label, integers);
    nodes.add(last("Mul", label + "_quant_output_scale_mul", node, cast, scales));
    return nodes;
  }

  private static String label(NodeProto node) {
    return node.getName().isEmpty() ? node.getOutput(0) : node.getName();
  }

  private String cast(List<NodeProto> nodes, String label, String integers) {
    String output = add(nodes, "Cast", label + "_output_cast", integers);
    NodeProto.Builder cast = nodes.remove(nodes.size() - 1).toBuilder();
    cast.addAttribute(
        AttributeProto.newBuilder()
            .setName("to")
            .setType(AttributeType.INT)
            .setI(DataTypes.FLOAT)
            .build());
    nodes.add(cast.build());
    return output;
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
