package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.djl.carve.ParameterSlices;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ElasticAdamTest {
  private static final double TOLERANCE = 1e-5;

  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final DjlBlock source = network(3);
  private final NDList inputs = Blocks.feed(manager, source, 4);

  /** Without norms, behind which the gradient of a bias is noise that Adam would blow up. */
  private DjlBlock network(int seed) {
    manager.getEngine().setRandomSeed(seed);
    SequentialBlock block =
        new SequentialBlock()
            .add(TrainingTest.conv(8, 5, 1))
            .add(Activation::tanh)
            .add(TrainingTest.conv(12, 3, 1))
            .add(Activation::tanh)
            .add(TrainingTest.conv(6, 1, 1))
            .add(Pool.globalAvgPool2dBlock())
            .add(Linear.builder().setUnits(4).build());
    return Blocks.initialized(manager, block, new Shape(1, 3, 9, 9));
  }

  private static ElasticBlock elastic(DjlBlock source) {
    return ElasticBlock.of(Blocks.spaces().generate(source, Rules.everything()));
  }

  private static Adam.Builder settings() {
    return Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f));
  }

  private Trainer trainer(Block block, Optimizer optimizer) {
    Model model = Model.newInstance("test", Device.cpu());
    model.setBlock(block);
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(inputs.head().getShape());
    return trainer;
  }

  private void pass(Trainer trainer) {
    try (GradientCollector collector = trainer.newGradientCollector()) {
      NDArray out = trainer.forward(new NDList(inputs)).head();
      collector.backward(out.sub(1).square().sum());
    }
  }

  private static Map<String, float[]> values(Block block) {
    Map<String, float[]> values = new LinkedHashMap<>();
    block
        .getParameters()
        .forEach(pair -> values.put(pair.getKey(), pair.getValue().getArray().toFloatArray()));
    return values;
  }

  private static Config narrowest(ElasticBlock elastic) {
    SearchSpace space = elastic.space();
    space.sample(Samplers.min());
    return space.config();
  }

  /** Long trainings at many configs would fill the memory with parts that nobody asks for. */
  @Test
  void passesAreKeptUntilTheStepAndForThisOptimizerOnly() {
    ElasticBlock elastic = elastic(source);
    Trainer other = trainer(elastic, settings().build());
    pass(other);
    other.step();
    pass(other);
    assertEquals(0, elastic.training().passes());

    Trainer one = trainer(elastic, new ElasticAdam(elastic, settings()));
    pass(one);
    pass(one);
    assertEquals(2, elastic.training().passes());
    one.step();
    pass(one);
    assertEquals(1, elastic.training().passes());
  }

  @Test
  void theStepsOfASubNetworkAreThoseOfTheCarvedOne() {
    ElasticBlock elastic = elastic(source);
    elastic.select(narrowest(elastic));
    DjlNetwork network = (DjlNetwork) elastic.space().model();
    ParameterSlices slices = network.network().cut(elastic.space().cut()).slices();
    Block carved = ((DjlNetwork) elastic.space().export()).block();
    Map<String, float[]> before = values(source.block());

    Trainer one = trainer(elastic, new ElasticAdam(elastic, settings()));
    Trainer other = trainer(carved, settings().build());
    for (int i = 0; i < 5; i++) {
      pass(one);
      one.step();
      pass(other);
      other.step();
    }

    int cut = 0;
    for (var pair : source.block().getParameters()) {
      Parameter parameter = pair.getValue();
      ParameterSlice slice = slices.find(parameter).orElse(null);
      NDArray found = parameter.getArray();
      NDArray expected = carved.getParameters().get(pair.getKey()).getArray();
      NDArray kept = slice == null ? found : slice.of(found, manager);
      assertEquals(0, Subnets.difference(expected, kept), TOLERANCE, pair.getKey());
      if (slice != null && parameter.requiresGradient()) {
        // the rest is untouched
        NDArray old = found.duplicate();
        float[] values = Objects.requireNonNull(before.get(pair.getKey()));
        NDArray start = manager.create(values, found.getShape());
        slice.write(slice.of(start, manager).duplicate(), old);
        assertArrayEquals(values, old.toFloatArray(), pair.getKey());
        cut++;
      }
    }
    assertTrue(cut >= 6, cut + " parameters are cut");
  }

  @Test
  void afterPassesAtSeveralConfigsItIsAdam() {
    DjlBlock twin = network(3);
    ElasticBlock one = elastic(source);
    ElasticBlock other = elastic(twin);
    Trainer lazy = trainer(one, new ElasticAdam(one, settings()));
    Trainer plain = trainer(other, settings().build());
    Config whole = one.config();
    Config narrow = narrowest(one);
    for (int i = 0; i < 5; i++) {
      for (Config config : List.of(whole, narrow)) {
        one.select(config);
        pass(lazy);
        other.select(config);
        pass(plain);
      }
      lazy.step();
      plain.step();
    }
    Map<String, float[]> expected = values(twin.block());
    Map<String, float[]> found = values(source.block());
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, numbers) -> assertArrayEquals(numbers, found.get(name), name));
  }

  @Test
  void widthsMayChangeBetweenSteps() {
    ElasticBlock elastic = elastic(source);
    Trainer trainer = trainer(elastic, new ElasticAdam(elastic, settings()));
    for (Config config : Subnets.of(elastic.space(), 6)) {
      elastic.select(config);
      pass(trainer);
      trainer.step();
    }
    for (float[] numbers : values(source.block()).values()) {
      for (float number : numbers) {
        assertTrue(Float.isFinite(number));
      }
    }
  }
}
