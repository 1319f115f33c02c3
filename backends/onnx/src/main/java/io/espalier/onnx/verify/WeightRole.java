package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tensor is to the nodes that read it, which decides what random values suit it. A tensor
 * with several roles has the last in this order, which allows the least.
 */
enum WeightRole {
  /** It is added. */
  SHIFT,
  /** It is multiplied and summed over all axes but the first. */
  ROWS,
  /** It is multiplied and summed over all axes but the last. */
  COLUMNS,
  /** It is multiplied. */
  SCALE,
  /** It is a variance. */
  VARIANCE;

  /** The roles of the inputs from the second on. */
  private static final Map<String, List<WeightRole>> INPUTS =
      Map.of(
          "BatchNormalization", List.of(SCALE, SHIFT, SHIFT, VARIANCE),
          "InstanceNormalization", List.of(SCALE, SHIFT),
          "LayerNormalization", List.of(SCALE, SHIFT),
          "GroupNormalization", List.of(SCALE, SHIFT),
          "Conv", List.of(ROWS, SHIFT),
          "ConvTranspose", List.of(ROWS, SHIFT),
          "Gemm", List.of(COLUMNS, SHIFT),
          "MatMul", List.of(COLUMNS),
          "PRelu", List.of(SHIFT));

  /** The role of either input. */
  private static final Map<String, WeightRole> ELEMENTWISE =
      Map.of("Add", SHIFT, "Sub", SHIFT, "Mul", SCALE, "Div", SCALE);

  private static final Set<String> VIEWS =
      Set.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private static final double SHIFT_DEVIATION = 0.1;
  private static final double SCALE_DEVIATION = 0.2;

  /** The role of each value that has one. */
  static Map<String, WeightRole> of(OnnxModel model) {
    Map<String, WeightRole> roles = new HashMap<>();
    for (int i = model.nodes().size() - 1; i >= 0; i--) {
      NodeProto node = model.nodes().get(i);
      for (int input = 0; input < node.getInputCount(); input++) {
        WeightRole role =
            input == 0 && VIEWS.contains(node.getOpType())
                ? roles.get(node.getOutput(0))
                : of(node, input);
        if (role != null) {
          roles.merge(node.getInput(input), role, (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
      }
    }
    return roles;
  }

  private static @Nullable WeightRole of(NodeProto node, int input) {
    List<WeightRole> inputs = INPUTS.getOrDefault(node.getOpType(), List.of());
    if (input < 1 || input > inputs.size()) {
      return ELEMENTWISE.get(node.getOpType());
    }
    WeightRole role = inputs.get(input - 1);
    boolean transposed =
        node.getAttributeList().stream()
            .anyMatch(attribute -> attribute.getName().equals("transB") && attribute.getI() != 0);
    return role == COLUMNS && transposed ? ROWS : role;
  }

  double mean() {
    return this == SCALE || this == VARIANCE ? 1 : 0;
  }

  /**
   * The standard deviation; that of weights keeps the signal's size from layer to layer (He et al.,
   * "Delving deep into rectifiers", 2015).
   */
  double deviation(long[] dims) {
    return switch (this) {
      case SHIFT -> SHIFT_DEVIATION;
      case SCALE, VARIANCE -> SCALE_DEVIATION;
      case ROWS -> Math.sqrt(2.0 * dims[0] / elements(dims));
      case COLUMNS -> Math.sqrt(2.0 * dims[dims.length - 1] / elements(dims));
    };
  }

  private static long elements(long[] dims) {
    return Arrays.stream(dims).reduce(1, Math::multiplyExact);
  }
}
