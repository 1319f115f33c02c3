package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is carved is run once. */
class TrialRunTest {
  /** A linear layer of 8 inputs, behind a reshape to rows of some length. */
  private static OnnxModel model(long length) {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("linear", 17);
    String x = builder.input("input", "N", 8);
    String rows = builder.longs("rows", new long[] {-1, length}, 2);
    String reshaped = builder.node("Reshape", "/Reshape", List.of(x, rows));
    String weight = builder.weights("weight", 8, 4);
    String y = builder.node("MatMul", "/MatMul", List.of(reshaped, weight));
    return builder.output("output", y, "N", 4).build();
  }

  private static Optional<String> run(long original, long carved) {
    SearchSpace space =
        SearchSpaces.discover(TrialRunTest.class.getClassLoader())
            .generate(OnnxNetwork.of(model(8), "a linear layer"), Rules.everything());
    return TrialRun.of(model(original), model(carved), space, GivenInputs.NONE);
  }

  @Test
  void passesWhereItRuns() {
    assertEquals(Optional.empty(), run(8, 8));
  }

  @Test
  void failsWhereOnlyTheOriginalRuns() {
    IllegalStateException bug = assertThrows(IllegalStateException.class, () -> run(8, 4));
    assertTrue(String.valueOf(bug.getMessage()).contains("although the original does"));
  }

  @Test
  void saysSoWhereNeitherRuns() {
    String reason = run(4, 4).orElseThrow();
    assertTrue(reason.contains("the original cannot be run"), reason);
  }
}
