package io.espalier.contrib;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.file.OnnxModel;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small networks around each operator, ONNX Runtime being the judge. */
class FusedOperatorsTest {
  private static final int NETWORKS = 12;
  private static final int FEW = 3;

  static Stream<String> graphs() {
    return Graphs.all().keySet().stream();
  }

  @Test
  void whatCanBeChosen() {
    Golden.check(
        "operators.txt",
        Graphs.all().entrySet().stream()
            .map(graph -> graph.getKey() + ": " + Golden.freedom(Space.with(graph.getValue()))));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void carvedNetworksComputeWhatTheMaskedOnesDo(String name) {
    OnnxModel model = Graphs.of(name);
    assertTrue(Soundness.check(model, Space.with(model), NETWORKS) > 0, "no control");
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void withoutThePluginTheyAreFrozenAndSound(String name) {
    OnnxModel model = Graphs.of(name);
    SearchSpace space = Space.without(model);
    if (!name.equals("QuickGelu")) { // which is built in
      assertTrue(
          space.frozen().stream().map(FrozenAxis::reason).anyMatch(r -> r.contains("has no rule")),
          () -> space.frozen().toString());
    }
    Soundness.check(model, space, FEW);
  }
}
