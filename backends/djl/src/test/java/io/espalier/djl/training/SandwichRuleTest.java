package io.espalier.djl.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.Batchifier;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandwichRuleTest {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new DjlBackend()), DMRegistry.discover(SandwichRuleTest.class.getClassLoader()));

  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final Block block =
      new SequentialBlock()
          .add(Linear.builder().setUnits(6).build())
          .add(Activation.reluBlock())
          .add(Linear.builder().setUnits(3).build());

  private ElasticBlock elastic() {
    manager.getEngine().setRandomSeed(1);
    block.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
    SearchSpace space = SPACES.generate(DjlBlock.of(block, new Shape(4, 5)), Rules.everything());
    return ElasticBlock.of(space);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void gradientsOfTheLargestAndTheSmallestAddUp() {
    ElasticBlock elastic = elastic();
    Loss loss = Loss.softmaxCrossEntropyLoss();
    float[] expected = new float[30];
    for (Config config :
        new Config[] {
          SandwichRule.largest(elastic.space()), SandwichRule.smallest(elastic.space())
        }) {
      elastic.select(config);
      try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
        Batch batch = batch(0);
        NDList outputs = elastic.forward(new ParameterStore(manager, false), batch.getData(), true);
        collector.backward(loss.evaluate(batch.getLabels(), outputs));
      }
      float[] gradient = firstGradient().toFloatArray();
      for (int i = 0; i < expected.length; i++) {
        expected[i] += gradient[i];
      }
      block.getParameters().values().forEach(p -> zero(p.getArray()));
    }

    assertArrayEquals(expected, gradient(elastic, 0, SandwichRule.of(elastic, 0, 1)), 1e-6f);
    assertEquals(
        elastic.space().hparam("linear_1.out_features").max(),
        elastic.config().choices().get("linear_1.out_features"));
  }

  @Test
  void distilledNetworksIgnoreTheLabels() {
    ElasticBlock elastic = elastic();
    elastic.select(SandwichRule.largest(elastic.space()));
    float[] largest = gradient(elastic, 0);
    float[] largestOfOthers = gradient(elastic, 1);
    float[] all = gradient(elastic, 0, SandwichRule.of(elastic, 0, 1).distilled());
    float[] allOfOthers = gradient(elastic, 1, SandwichRule.of(elastic, 0, 1).distilled());
    assertArrayEquals(minus(all, largest), minus(allOfOthers, largestOfOthers), 1e-6f);
    assertFalse(Arrays.equals(all, largest));
    assertFalse(Arrays.equals(largest, largestOfOthers));
  }

  @Test
  void aNegativeNumberOfNetworksIsRefused() {
    ElasticBlock elastic = elastic();
    EspalierException refusal =
        assertThrows(EspalierException.class, () -> SandwichRule.of(elastic, -1, 1));
    assertEquals("the sandwich rule cannot draw -1 networks; give 0 or more", refusal.getMessage());
  }

  /** What one batch leaves, before the step. */
  private float[] gradient(ElasticBlock elastic, int shift, TrainingListener... listeners) {
    Model model = Model.newInstance("sandwich");
    model.setBlock(elastic);
    DefaultTrainingConfig config =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optDevices(new Device[] {Device.cpu()})
            .addTrainingListeners(listeners);
    try (Trainer trainer = model.newTrainer(config)) {
      trainer.notifyListeners(listener -> listener.onTrainingBegin(trainer));
      EasyTrain.trainBatch(trainer, batch(shift));
    }
    model.setBlock(Blocks.identityBlock()); // a model clears its block when it is closed
    model.close();
    float[] gradient = firstGradient().toFloatArray();
    block.getParameters().values().forEach(p -> zero(p.getArray()));
    return gradient;
  }

  private static float[] minus(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private NDArray firstGradient() {
    return block.getParameters().valueAt(0).getArray().getGradient();
  }

  private static void zero(NDArray array) {
    NDArray gradient = array.getGradient();
    gradient.subi(gradient);
  }

  private Batch batch(int shift) {
    float[] values = new float[20];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7 % 5 - 2;
    }
    return new Batch(
        manager.newSubManager(),
        new NDList(manager.create(values, new Shape(4, 5))),
        new NDList(manager.create(new float[] {shift, 1, 2 - shift, 1}, new Shape(4, 1))),
        4,
        Batchifier.STACK,
        Batchifier.STACK,
        0,
        1);
  }
}
