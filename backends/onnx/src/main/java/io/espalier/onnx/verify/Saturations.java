package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands before functions that saturate at the end of a network. Behind them differences all
 * but vanish, and so may the numbers: 1e-7 behind a sigmoid is 1 more or less before it. None of
 * these functions stretches, so that an output is never further off than what it is made of.
 */
final class Saturations {
  private static final Set<String> SATURATING =
      Set.of(
          "Clip",
          "Elu",
          "HardSigmoid",
          "LeakyRelu",
          "LogSoftmax",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softmax",
          "Softplus",
          "Softsign",
          "Tanh");

  /** They rearrange their first input. */
  private static final Set<String> MOVES =
      Set.of(
          "Dropout",
          "Flatten",
          "Gather",
          "Identity",
          "Reshape",
          "Slice",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private Saturations() {}

  /** For outputs that end in such a function, the tensor that goes into the first of them. */
  static Map<String, String> before(OnnxModel model) {
    Map<String, NodeProto> producers = new HashMap<>();
    for (NodeProto node : model.nodes()) {
      if (node.getOutputCount() > 0) {
        producers.put(node.getOutput(0), node);
      }
    }
    Map<String, String> before = new LinkedHashMap<>();
    model
        .outputs()
        .forEach(
            output ->
                source(output.getName(), producers)
                    .ifPresent(source -> before.put(output.getName(), source)));
    return before;
  }

  private static Optional<String> source(String output, Map<String, NodeProto> producers) {
    String tensor = output;
    Optional<String> source = Optional.empty();
    for (NodeProto node = producers.get(tensor); node != null; node = producers.get(tensor)) {
      boolean saturates = SATURATING.contains(node.getOpType());
      if (!node.getDomain().isEmpty() || (!saturates && !MOVES.contains(node.getOpType()))) {
        break;
      }
      tensor = node.getInput(0);
      source = saturates ? Optional.of(tensor) : source;
    }
    return source;
  }
}
