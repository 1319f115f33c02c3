package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of a model that no input leads to, and those of them that are stored. */
final class ParameterValues {
  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  private final Set<String> all = new HashSet<>();
  private final Map<String, OnnxTensor> stored = new HashMap<>();

  ParameterValues(OnnxModel model) {
    stored.putAll(model.initializers());
    all.addAll(stored.keySet());
    model.sparseInitializers().forEach(tensor -> all.add(tensor.getValues().getName()));
    for (NodeProto node : model.nodes()) {
      if (!isParameter(node)) {
        continue;
      }
      all.addAll(node.getOutputList());
      OnnxTensor value =
          node.getOpType().equals("Identity")
              ? stored.get(node.getInput(0))
              : constant(node, model);
      if (value != null) {
        stored.put(node.getOutput(0), value);
      }
    }
    all.remove("");
  }

  private boolean isParameter(NodeProto node) {
    boolean inside =
        node.getAttributeList().stream().anyMatch(a -> a.hasG() || a.getGraphsCount() > 0);
    return !inside
        && !RANDOM.contains(node.getOpType())
        && node.getInputList().stream().allMatch(name -> name.isEmpty() || all.contains(name));
  }

  private static @Nullable OnnxTensor constant(NodeProto node, OnnxModel model) {
    if (!node.getOpType().equals("Constant") || node.getAttributeCount() != 1) {
      return null;
    }
    AttributeProto attribute = node.getAttribute(0);
    return switch (attribute.getName()) {
      case "value" -> model.tensor(attribute.getT());
      case "value_float" -> floats(List.of(attribute.getF()), 0);
      case "value_floats" -> floats(attribute.getFloatsList(), 1);
      case "value_int" -> integers(List.of(attribute.getI()), 0);
      case "value_ints" -> integers(attribute.getIntsList(), 1);
      default -> null;
    };
  }

  private static OnnxTensor floats(List<Float> values, int rank) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataTypes.FLOAT);
    return OnnxTensor.of(
        (rank == 0 ? tensor : tensor.addDims(values.size())).addAllFloatData(values).build());
  }

  private static OnnxTensor integers(List<Long> values, int rank) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataTypes.INT64);
    return OnnxTensor.of(
        (rank == 0 ? tensor : tensor.addDims(values.size())).addAllInt64Data(values).build());
  }

  /** Whether no input leads to a value. */
  boolean contains(String value) {
    return all.contains(value);
  }

  /** The tensor that a value is; null where it is computed. */
  @Nullable OnnxTensor stored(String value) {
    return stored.get(value);
  }
}
