package io.espalier.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.djl.trace.TracedBlock;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The networks of DJL's model zoo. */
class ModelZooTest {
  /**
   * A network.
   *
   * @param name its name
   * @param make makes it
   * @param widths how many widths it has that are free of one another, and not held in its code
   */
  private record Network(String name, Function<NDManager, DjlBlock> make, long widths) {}

  private static final List<Network> NETWORKS =
      List.of(
          new Network("Mlp", Blocks::mlp, 2),
          new Network("LeNet", Blocks::leNet, 4),
          new Network("ResNetV1-18", manager -> Blocks.resNet(manager, 18, 64), 21),
          new Network("ResNetV1-50", manager -> Blocks.resNet(manager, 50, 224), 37),
          new Network("MobileNetV2", Blocks::mobileNet, 25),
          new Network("SqueezeNet", Blocks::squeezeNet, 25),
          new Network("VGG", Blocks::vgg, 10),
          new Network("AlexNet", Blocks::alexNet, 7),
          new Network("transformer encoder", Blocks::encoder, 4),
          new Network("BERT", Blocks::bert, 8),
          new Network("LSTM classifier", Blocks::lstmClassifier, 1));

  @TestFactory
  Stream<DynamicTest> isTracedWithAllItsWidths() {
    return NETWORKS.stream()
        .map(
            network ->
                DynamicTest.dynamicTest(
                    network.name(),
                    () -> {
                      try (NDManager manager = NDManager.newBaseManager()) {
                        check(network, network.make().apply(manager), manager);
                      }
                    }));
  }

  private static void check(Network network, DjlBlock block, NDManager manager) {
    SearchSpace space = Blocks.spaces().generate(block, Rules.everything());
    TracedBlock traced = ((DjlNetwork) space.model()).traced();
    assertEquals(List.of(), traced.untraced());
    NDList outputs = Blocks.run(manager, block, Blocks.feed(manager, block, 4));
    Blocks.assertShapes(outputs.stream().map(NDArray::getShape).toList(), traced, 4);
    long parameters =
        block.block().getParameters().values().stream()
            .filter(parameter -> !parameter.getName().startsWith("running"))
            .mapToLong(parameter -> parameter.getArray().size())
            .sum();
    assertEquals(parameters, space.params());
    long widths =
        space.map().orElseThrow().symbols().stream().filter(symbol -> !symbol.window()).count();
    assertEquals(network.widths(), widths);
  }

  @Test
  void aSpaceCanBeSortedDrawnFromSavedAndRestored() {
    try (NDManager manager = NDManager.newBaseManager()) {
      DjlBlock block = Blocks.resNet(manager, 18, 64);
      SearchSpace space = Blocks.spaces().generate(block, Rules.everything());
      long whole = space.macs();
      space.sortParameters();
      space.select(space.draw(new java.util.Random(1)));
      assertTrue(space.macs() < whole);
      SearchSpace restored = Blocks.spaces().restore(block, space.save());
      assertEquals(space.config(), restored.config());
      assertEquals(space.cut().manifest(), restored.cut().manifest());
    }
  }
}
