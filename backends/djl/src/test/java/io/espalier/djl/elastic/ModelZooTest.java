package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.export.Exported;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The networks of DJL's model zoo: elastic, carved, masked, and as ONNX files. */
class ModelZooTest {
  private static final double TOLERANCE = 1e-5;

  /** Of what is computed in doubles. */
  private static final double EXACT = 1e-8;

  /** A recurrent block makes its first state of floats, whatever its weights are. */
  private static final Set<String> IN_FLOATS = Set.of("LSTM classifier");

  private static final Map<String, Function<NDManager, DjlBlock>> NETWORKS = new LinkedHashMap<>();

  static {
    NETWORKS.put("Mlp", Blocks::mlp);
    NETWORKS.put("LeNet", Blocks::leNet);
    NETWORKS.put("ResNetV1-18", manager -> Blocks.resNet(manager, 18, 64));
    NETWORKS.put("ResNetV1-50", manager -> Blocks.resNet(manager, 50, 64));
    NETWORKS.put(
        "MobileNetV2",
        manager ->
            Blocks.initialized(manager, MobileNetV2.builder().build(), new Shape(1, 3, 64, 64)));
    NETWORKS.put(
        "SqueezeNet",
        manager -> Blocks.initialized(manager, SqueezeNet.squeezenet(10), new Shape(1, 3, 64, 64)));
    NETWORKS.put("VGG", Blocks::vgg);
    NETWORKS.put(
        "AlexNet",
        manager -> Blocks.initialized(manager, AlexNet.builder().build(), new Shape(1, 1, 96, 96)));
    NETWORKS.put("transformer encoder", Blocks::encoder);
    NETWORKS.put("BERT", Blocks::bert);
    NETWORKS.put("LSTM classifier", Blocks::lstmClassifier);
  }

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> runElasticAsTheyAreCarved() {
    return NETWORKS.entrySet().stream()
        .map(
            network ->
                DynamicTest.dynamicTest(
                    network.getKey(),
                    () ->
                        check(
                            network.getValue(),
                            IN_FLOATS.contains(network.getKey())
                                ? DataType.FLOAT32
                                : DataType.FLOAT64)));
  }

  private void check(Function<NDManager, DjlBlock> make, DataType type) {
    double tolerance = type == DataType.FLOAT64 ? EXACT : TOLERANCE;
    try (NDManager manager = NDManager.newBaseManager()) {
      manager.getEngine().setRandomSeed(5);
      DjlBlock source = make.apply(manager);
      SearchSpace space = Blocks.spaces().generate(source, Rules.everything());
      space.sortParameters();
      ElasticBlock elastic = ElasticBlock.of(space);
      NDList inputs = Blocks.feed(manager, source, 3);
      int wrongMasksSeen = 0;
      int count = 0;
      for (Config config : Subnets.of(space, 10)) {
        elastic.select(whole(space, config, count % 2 == 0));
        try (NDManager scope = manager.newSubManager();
            DjlNetwork carved = (DjlNetwork) space.export()) {
          NDList expected =
              Subnets.outputs(scope, inputs, own -> Subnets.infer(carved.block(), own, inputs));
          NDList found = Subnets.outputs(scope, inputs, own -> Subnets.infer(elastic, own, inputs));
          assertTrue(Subnets.difference(expected, found) <= TOLERANCE);
          Exported.check(carved.traced().source(), folder.resolve("a.onnx"), inputs, found);
          if (count % 2 == 0) {
            NDList exact =
                Subnets.outputs(
                    scope,
                    inputs,
                    own -> Subnets.infer(carved.block(), new TypedStore(own, type), inputs));
            assertTrue(masked(space, 0, type, scope, inputs, exact) <= tolerance);
            wrongMasksSeen += masked(space, 1, type, scope, inputs, exact) > tolerance ? 1 : 0;
          }
          assertEquals(space.params(), parameters(carved.block()));
          inputs.attach(manager);
        }
        count++;
      }
      assertTrue(wrongMasksSeen >= 4, "wrong masks go unnoticed");
    }
  }

  /** A config, or the same with nothing taken out. */
  private static Config whole(SearchSpace space, Config config, boolean deep) {
    if (!deep) {
      return config;
    }
    Map<String, Choice> choices = new LinkedHashMap<>(config.choices());
    space
        .configurableHparams()
        .forEach(
            (name, hparam) -> {
              if (name.endsWith(".depth") || name.equals("depth")) {
                choices.put(name, hparam.original());
              }
            });
    return Config.of(choices);
  }

  private static double masked(
      SearchSpace space,
      int shift,
      DataType type,
      NDManager manager,
      NDList inputs,
      NDList expected) {
    DjlNetwork network = (DjlNetwork) space.model();
    NDList found =
        Subnets.outputs(
            manager,
            inputs,
            own ->
                Subnets.infer(
                    network.block(),
                    new MaskingStore(network.traced(), space.cut(), shift, own, type),
                    inputs));
    return Subnets.difference(expected, found);
  }

  private static long parameters(Block block) {
    return block.getParameters().values().stream()
        .filter(parameter -> parameter.getType() != Parameter.Type.RUNNING_MEAN)
        .filter(parameter -> parameter.getType() != Parameter.Type.RUNNING_VAR)
        .mapToLong(parameter -> parameter.getArray().size())
        .sum();
  }
}
