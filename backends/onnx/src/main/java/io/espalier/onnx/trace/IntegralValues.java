package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which values are integers or booleans, by what the model declares, and else by what operators
 * make of their inputs. Nodes have to be asked about in topological order.
 */
final class IntegralValues {
  /** Whatever they read. */
  private static final Set<String> MAKE_INTEGERS =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "ConvInteger",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "MatMulInteger",
          "NonZero",
          "Not",
          "Or",
          "QuantizeLinear",
          "Shape",
          "Size",
          "Xor");

  /** Whatever they read. */
  private static final Set<String> MAKE_FLOATS =
      Set.of(
          "Bernoulli",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  /** The input whose type the output has, where that is not the first. */
  private static final Map<String, Integer> LIKE =
      Map.of("CastLike", 1, "DequantizeLinear", 1, "OneHot", 2, "Where", 1);

  /** The attribute that says the type of the output, and what it is without it. */
  private static final Map<String, String> SAID_BY =
      Map.of("Cast", "to", "EyeLike", "dtype", "ConstantOfShape", "value");

  private final Map<String, Boolean> known = new HashMap<>();

  IntegralValues(OnnxModel model) {
    model.valueInfos().forEach(this::declare);
    model.inputs().forEach(this::declare);
    model.outputs().forEach(this::declare);
    model
        .initializers()
        .forEach((name, tensor) -> known.put(name, DataTypes.isInteger(tensor.dataType())));
  }

  private void declare(ValueInfoProto value) {
    int type = value.getType().getTensorType().getElemType();
    if (type != 0) {
      known.put(value.getName(), DataTypes.isInteger(type));
    }
  }

  /** Learns what a constant is. */
  void constant(String name, int dataType) {
    known.put(name, DataTypes.isInteger(dataType));
  }

  /** Learns what the outputs of a node are. */
  void learn(NodeProto node) {
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (!node.getOutput(i).isEmpty()) {
        known.putIfAbsent(node.getOutput(i), isIntegral(node, i));
      }
    }
  }

  /** Whether a value is known to be an integer or a boolean. */
  boolean contains(String value) {
    return known.getOrDefault(value, false);
  }

  private boolean isIntegral(NodeProto node, int output) {
    String operator = node.getOpType();
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    if (!standard || MAKE_FLOATS.contains(operator)) {
      return false;
    }
    if (MAKE_INTEGERS.contains(operator)) {
      return true;
    }
    String attribute = SAID_BY.get(operator);
    if (attribute != null) {
      return node.getAttributeList().stream()
          .filter(said -> said.getName().equals(attribute))
          .anyMatch(IntegralValues::saysInteger);
    }
    if (output > 0 && Set.of("TopK", "MaxPool", "Dropout", "Unique").contains(operator)) {
      return true;
    }
    if (operator.equals("DynamicQuantizeLinear")) {
      return output != 1;
    }
    int like = LIKE.getOrDefault(operator, 0);
    return like < node.getInputCount() && contains(node.getInput(like));
  }

  private static boolean saysInteger(AttributeProto attribute) {
    return DataTypes.isInteger(
        attribute.hasT() ? attribute.getT().getDataType() : (int) attribute.getI());
  }
}
