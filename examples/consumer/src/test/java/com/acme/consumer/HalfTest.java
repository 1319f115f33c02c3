package com.acme.consumer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.search.BudgetResult;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfTest {
  @TempDir Path folder;

  /** A network with an operator that only the plugin on the class path knows. */
  private static OnnxModel network() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("mlp", 17).opset("com.microsoft", 1);
    String x = linear(b, "fc1", b.input("input", 1, 32), 32, 64);
    x = b.node("com.microsoft:BiasGelu", "/gelu", List.of(x, b.random("fc1.bias", 0, 1, 64)));
    return b.output("output", linear(b, "fc2", x, 64, 8), 1, 8).build();
  }

  private static String linear(OnnxGraphBuilder b, String name, String x, int in, int out) {
    String weight = b.weights(name + ".weight", out, in);
    return b.node("Gemm", "/" + name + "/Gemm", List.of(x, weight), Map.of("transB", 1));
  }

  @Test
  void costsHalf() throws Exception {
    Path model = folder.resolve("model.onnx");
    Path small = folder.resolve("small.onnx");
    OnnxNetwork.of(network(), "a network").save(model);
    BudgetResult result = Half.cut(model, small);
    assertTrue(result.macs() * 2 <= result.originalMacs());
    assertTrue(Files.size(small) < Files.size(model));
  }
}
