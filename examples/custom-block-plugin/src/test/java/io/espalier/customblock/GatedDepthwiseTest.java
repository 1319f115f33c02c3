package io.espalier.customblock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.djl.training.SandwichRule;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A block that Espalier has never seen is traced, trained with its sub-networks, and carved. */
class GatedDepthwiseTest {
  private static final Shape IMAGE = new Shape(1, 1, Stripes.SIZE, Stripes.SIZE);
  private static final ClassLoader LOADER = GatedDepthwiseTest.class.getClassLoader();

  private final NDManager manager = NDManager.newBaseManager(Device.cpu());

  @AfterEach
  void close() {
    manager.close();
  }

  private SequentialBlock network() {
    Engine.getInstance().setRandomSeed(3);
    SequentialBlock block =
        new SequentialBlock()
            .add(convolution(8))
            .add(Activation::relu)
            .add(new GatedDepthwise(12, 16))
            .add(Activation::relu)
            .add(Pool.globalAvgPool2dBlock())
            .add(Linear.builder().setUnits(Stripes.CLASSES).build());
    block.initialize(manager, DataType.FLOAT32, IMAGE);
    return block;
  }

  private static Block convolution(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static SearchSpace space(Block block, ClassLoader widths) {
    return new SearchSpaces(Set.of(new DjlBackend()), DMRegistry.discover(LOADER))
        .generate(DjlNetwork.of(DjlBlock.of(block), widths), Rules.everything());
  }

  /** What goes in, what is behind the gate, and what comes out. */
  @Test
  void itsWidthsAreFound() {
    SearchSpace space = space(network(), LOADER);
    assertEquals(8, free(space, "gatedDepthwise.in_channels"));
    assertEquals(12, free(space, "gatedDepthwise_3.in_channels"));
    assertEquals(16, free(space, "gatedDepthwise_3.out_channels"));
    // two halves of 12 that are cut alike
    assertEquals(12, free(space, "gatedDepthwise.out_channels"));
    assertEquals(24, space.hparam("gatedDepthwise.out_channels").original().number());
  }

  /** How many choices there are. */
  private static int free(SearchSpace space, String name) {
    return Objects.requireNonNull(space.namedHparams().get(name), name).choices().size();
  }

  @Test
  void whatRunsElasticIsWhatIsCarved() {
    SearchSpace space = space(network(), LOADER);
    ElasticBlock elastic = ElasticBlock.of(space);
    NDArray images = manager.randomNormal(new Shape(5, 1, Stripes.SIZE, Stripes.SIZE));
    double whole = images.getShape().size();
    for (Config config : configs(space)) {
      elastic.select(config);
      NDArray expected = infer(elastic, images);
      Block carved = ((DjlNetwork) space.export()).block();
      NDArray actual = infer(carved, images);
      assertTrue(difference(expected, actual) <= 1e-5, () -> config + " differs");
      assertTrue(Float.isFinite(actual.sum().getFloat()));
      whole = Math.min(whole, size(carved));
    }
    // the control: the narrowest of them is another network
    assertTrue(whole < 0.2 * size(network()), "parameters left: " + whole);
    elastic.select(SandwichRule.largest(space));
    NDArray largest = infer(elastic, images);
    elastic.select(SandwichRule.smallest(space));
    assertTrue(difference(largest, infer(elastic, images)) > 1e-3);
  }

  private static List<Config> configs(SearchSpace space) {
    List<Config> configs =
        new ArrayList<>(List.of(SandwichRule.smallest(space), SandwichRule.largest(space)));
    for (int i = 0; i < 6; i++) {
      configs.add(space.draw(new Random(i)));
    }
    return configs;
  }

  private NDArray infer(Block block, NDArray images) {
    return block.forward(new ParameterStore(manager, false), new NDList(images), false).head();
  }

  private static double difference(NDArray expected, NDArray actual) {
    assertEquals(expected.getShape(), actual.getShape());
    return expected.sub(actual).abs().max().getFloat() / expected.abs().max().getFloat();
  }

  private static double size(Block block) {
    return block.getParameters().values().stream()
        .mapToDouble(parameter -> parameter.getArray().getShape().size())
        .sum();
  }

  /** The largest and the smallest both learn, and what is cut out has learnt it. */
  @Test
  void itsSubNetworksAreTrainedTogether() throws Exception {
    SearchSpace space = space(network(), LOADER);
    ElasticBlock elastic = ElasticBlock.of(space);
    Config largest = SandwichRule.largest(space);
    Config drawn = space.draw(new Random(1));
    ArrayDataset lessons = Stripes.draw(manager, 64, 16, 1);
    double wholeBefore = loss(elastic.at(largest), lessons);
    double drawnBefore = loss(elastic.at(drawn), lessons);

    train(elastic, lessons);

    double wholeAfter = loss(elastic.at(largest), lessons);
    double drawnAfter = loss(elastic.at(drawn), lessons);
    assertTrue(wholeAfter < 0.1 * wholeBefore, wholeBefore + " to " + wholeAfter);
    assertTrue(drawnAfter < 0.5 * drawnBefore, drawnBefore + " to " + drawnAfter);
    elastic.select(drawn);
    assertEquals(drawnAfter, loss(((DjlNetwork) space.export()).block(), lessons), 1e-5);
  }

  private static void train(ElasticBlock elastic, ArrayDataset lessons) throws Exception {
    DefaultTrainingConfig config =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(2e-2f)).build())
            .optDevices(new Device[] {Device.cpu()})
            .addTrainingListeners(SandwichRule.of(elastic, 2, 1));
    Model model = Model.newInstance("stripes");
    model.setBlock(elastic);
    try (Trainer trainer = model.newTrainer(config)) {
      EasyTrain.fit(trainer, 30, lessons, null);
    } finally {
      model.setBlock(Blocks.identityBlock()); // a model clears its block when it is closed
      model.close();
    }
  }

  private double loss(Block block, ArrayDataset data) throws Exception {
    double sum = 0;
    int batches = 0;
    for (Batch batch : data.getData(manager)) {
      try (batch) {
        NDList scores = new NDList(infer(block, batch.getData().head()));
        sum += Loss.softmaxCrossEntropyLoss().evaluate(batch.getLabels(), scores).getFloat();
        batches++;
      }
    }
    return sum / batches;
  }

  @Test
  void withoutAWordOnItsFieldsTheirWidthIsFrozen() {
    SearchSpace space = space(network(), new Without());
    assertEquals(1, free(space, "gatedDepthwise_3.in_channels"));
    assertTrue(
        space.frozen().stream()
            .map(Object::toString)
            .anyMatch(
                text ->
                    text.contains(GatedDepthwise.class.getName())
                        && text.contains("say so by a BlockWidths")),
        space.frozen().toString());
    // what is still free is cut, and right
    Config config = SandwichRule.smallest(space);
    space.select(config);
    assertEquals(
        new Shape(5, Stripes.CLASSES),
        infer(
                ((DjlNetwork) space.export()).block(),
                manager.ones(new Shape(5, 1, Stripes.SIZE, Stripes.SIZE)))
            .getShape());
  }

  /** Finds what this module does not bring. */
  private static final class Without extends ClassLoader {
    Without() {
      super(LOADER);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      String own =
          GatedDepthwise.class.getProtectionDomain().getCodeSource().getLocation().toString();
      List<URL> others =
          Collections.list(super.getResources(name)).stream()
              .filter(url -> !url.toString().startsWith(own))
              .toList();
      return Collections.enumeration(others);
    }
  }
}
