package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every convolutional network of the zoo is pruned to half of its MACs, and proved. */
class ZooTest {
  /**
   * Their weights are made by ConstantOfShape nodes, and stay so. They are all equal, so that no
   * output tells which units were kept.
   */
  private static final Set<String> WITHOUT_STORED_WEIGHTS =
      Set.of("real/light_resnet50", "real/light_squeezenet");

  @TempDir private Path dir = Path.of("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18",
        "resnet18_dynamo",
        "resnet50",
        "resnet50_unfold",
        "resnext50",
        "densenet",
        "mobilenet_v2",
        "mobilenet_v2_dynamo",
        "efficientnet",
        "squeezenet",
        "unet",
        "real/mnist",
        "real/cnn_mnist",
        "real/version-RFB-320",
        "real/candy",
        "real/SqueezeNet_fp16",
        "real/light_resnet50",
        "real/light_squeezenet"
      })
  void isPrunedAndProved(String name) throws IOException {
    Path model = Path.of(System.getProperty("espalier.shared", ""), "zoo", name + ".onnx");
    Assumptions.assumeTrue(
        Files.exists(model), "SKIPPED: " + model + " is absent; set -Despalier.shared");
    Path small = dir.resolve("small.onnx");
    Path manifest = dir.resolve("manifest.json");
    Cli.done("prune", model, "-o", small, "--macs", 0.5, "--manifest", manifest, "-q");
    Cli verified = Cli.run("verify", model, small, "--manifest", manifest);
    assertEquals(WITHOUT_STORED_WEIGHTS.contains(name) ? 1 : 0, verified.code(), verified.out());
    assertFalse(verified.out().contains("DIFFERS"), verified.out());
    double macs = macs(small) / macs(model);
    assertTrue(macs >= 0.45 && macs <= 0.5, name + " has " + macs + " of its MACs");
    double size = Files.size(small) / (double) Files.size(model);
    assertTrue(
        WITHOUT_STORED_WEIGHTS.contains(name) ? size <= 1 : size <= 0.7,
        name + " has " + size + " of its bytes");
  }

  private static double macs(Path model) throws IOException {
    return new ObjectMapper()
        .readTree(Cli.done("inspect", model, "--json"))
        .path("macs")
        .asDouble();
  }
}
