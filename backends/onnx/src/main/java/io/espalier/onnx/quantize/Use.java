package io.espalier.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A node that reads a value by one of its inputs.
 *
 * @param index of the node
 * @param input of the node
 */
record Use(int index, int input, NodeProto node) {
  /** Operators with weights, by the inputs that these are. */
  private static final Map<String, Set<Integer>> WEIGHTS =
      Map.of(
          "MatMul", Set.of(0, 1),
          "Gemm", Set.of(0, 1),
          "Gather", Set.of(0),
          "Conv", Set.of(1),
          "ConvTranspose", Set.of(1),
          "LSTM", Set.of(1, 2),
          "GRU", Set.of(1, 2),
          "RNN", Set.of(1, 2));

  /** The two names of the standard domain. */
  private static final Set<String> STANDARD = Set.of("", "ai.onnx");

  private static final Set<String> CONVOLUTIONS = Set.of("Conv", "ConvTranspose");
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  /** Whether what it reads there is a weight, if it is a parameter. */
  boolean isWeight() {
    return STANDARD.contains(node.getDomain())
        && WEIGHTS.getOrDefault(node.getOpType(), Set.of()).contains(input);
  }

  /** As {@link #isWeight}, where what it reads is multiplied with. */
  boolean isProduct() {
    return isWeight() && !node.getOpType().equals("Gather");
  }

  /** How it reads the weight; empty where its integers would not do. */
  Optional<Arrangement> arrangement(OnnxTensor weight) {
    if (!isWeight() || weight.rank() != 2) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "MatMul" -> input == 1 ? Optional.of(Arrangement.MATRIX) : Optional.empty();
      case "Gemm" -> gemm();
      case "Gather" -> number("axis", 0) == 0 ? Optional.of(Arrangement.TABLE) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Arrangement> gemm() {
    if (input != 1 || number("transA", 0) != 0 || scaled("alpha") || scaled("beta")) {
      return Optional.empty();
    }
    return Optional.of(number("transB", 0) == 0 ? Arrangement.MATRIX : Arrangement.TURNED_MATRIX);
  }

  private long number(String attribute, long usual) {
    return node.getAttributeList().stream()
        .filter(given -> given.getName().equals(attribute))
        .map(AttributeProto::getI)
        .findFirst()
        .orElse(usual);
  }

  private boolean scaled(String attribute) {
    return node.getAttributeList().stream()
        .anyMatch(given -> given.getName().equals(attribute) && given.getF() != 1);
  }

  /** Whether all its inputs are parameters. */
  boolean readsNoData(Set<String> parameters) {
    return node.getInputList().stream().allMatch(n -> n.isEmpty() || parameters.contains(n));
  }

  /** Why the weight has to stay what it is. */
  String reason(OnnxTensor weight) {
    if (isWeight() && CONVOLUTIONS.contains(node.getOpType())) {
      return "convolutions stay what they are: " + words();
    }
    if (isWeight() && RECURRENT.contains(node.getOpType())) {
      return "recurrent layers stay what they are: " + words();
    }
    if (isWeight() && weight.rank() != 2) {
      return "it has " + weight.rank() + " axes, not 2, in " + words();
    }
    return isWeight()
        ? words() + " reads it in a way that integers are not read in"
        : "it is also read by " + words();
  }

  /** {@code MatMul '/layer/MatMul'}. */
  String words() {
    return node.getOpType()
        + " '"
        + (node.getName().isEmpty() ? node.getOutput(0) : node.getName())
        + "'";
  }
}
