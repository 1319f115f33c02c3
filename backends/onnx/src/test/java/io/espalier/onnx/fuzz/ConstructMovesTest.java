package io.espalier.onnx.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConstructMovesTest {
  private static final int SEEDS = 60;

  @Test
  void networksWithConstructsHaveThem() {
    Set<String> operators = new HashSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomNetwork.withConstructs(seed).model().nodes().stream()
          .map(NodeProto::getOpType)
          .forEach(operators::add);
    }
    Set<String> missing =
        new TreeSet<>(
            List.of(
                "ScatterND",
                "If",
                "Loop",
                "DeformConv",
                "Einsum",
                "ReduceL2",
                "Sqrt",
                "ConvInteger",
                "MatMulInteger",
                "QuantizeLinear"));
    missing.removeAll(operators);
    assertEquals(Set.of(), missing);
  }
}
