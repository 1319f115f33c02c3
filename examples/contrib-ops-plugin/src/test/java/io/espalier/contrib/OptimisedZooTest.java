package io.espalier.contrib;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that ONNX Runtime itself writes when it optimises: as free as what they were made from. */
class OptimisedZooTest {
  private static final Path ZOO =
      Path.of(System.getProperty("espalier.shared", "../../../shared"), "zoo");
  private static final int NETWORKS = 4;

  @TempDir private static Path folder;

  @BeforeAll
  static void needsTheZoo() {
    assumeTrue(Files.isDirectory(ZOO), "there is no folder " + ZOO + " with models");
  }

  static List<String> models() {
    return List.of(
        "bert_dynamic",
        "bert_dynamo",
        "convnext",
        "densenet",
        "efficientnet",
        "gpt2_dynamo",
        "llama_gqa_dynamo",
        "mobilenet_v2",
        "resnet18",
        "resnet50",
        "resnext50",
        "squeezenet",
        "swin",
        "unet",
        "vit",
        "zoo_of_ops",
        "real/cnn_mnist",
        "real/mnist",
        "real/version-RFB-320");
  }

  private static Path original(String name) {
    return ZOO.resolve(name + ".onnx");
  }

  /** Has ONNX Runtime fuse what it can for any CPU. */
  private static Path optimised(String name) throws OrtException {
    Path file = folder.resolve(name.replace('/', '-') + ".onnx");
    if (!Files.exists(file)) {
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setOptimizationLevel(OptLevel.EXTENDED_OPT);
        options.setOptimizedModelFilePath(file.toString());
        OrtEnvironment.getEnvironment().createSession(original(name).toString(), options).close();
      }
    }
    return file;
  }

  private static Map<String, Integer> fused(OnnxModel model) {
    Map<String, Integer> fused = new TreeMap<>();
    model.nodes().stream()
        .filter(node -> node.getDomain().equals(Fused.DOMAIN))
        .forEach(node -> fused.merge(node.getOpType(), 1, Integer::sum));
    return fused;
  }

  private static int symbols(SearchSpace space) {
    return space.map().orElseThrow().symbols().size();
  }

  @Test
  void whatIsFree() {
    Golden.check("zoo.txt", models().stream().map(OptimisedZooTest::line));
  }

  private static String line(String name) {
    try {
      Path file = optimised(name);
      return "%s: %d widths are free, %d without the plugin, %d in the original; %s"
          .formatted(
              name,
              symbols(Space.with(file)),
              symbols(Space.without(file)),
              symbols(Space.with(original(name))),
              fused(OnnxModel.read(file)));
    } catch (OrtException e) {
      throw new AssertionError(name, e);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void carvedNetworksComputeWhatTheMaskedOnesDo(String name) throws OrtException {
    OnnxModel model = OnnxModel.read(optimised(name));
    assertTrue(!fused(model).isEmpty(), "nothing was fused");
    assertTrue(Soundness.check(model, Space.with(model), NETWORKS) > 0, "no control");
  }

  @ParameterizedTest
  @MethodSource("models")
  void withoutThePluginTheyAreSound(String name) throws OrtException {
    OnnxModel model = OnnxModel.read(optimised(name));
    Soundness.check(model, Space.without(model), 2);
  }
}
