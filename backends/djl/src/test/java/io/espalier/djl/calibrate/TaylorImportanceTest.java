package io.espalier.djl.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.translate.Batchifier;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataException;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaylorImportanceTest {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new DjlBackend()),
          DMRegistry.discover(TaylorImportanceTest.class.getClassLoader()));

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Unit 1 of the hidden layer has large weights, but only negative inputs: ReLU silences it. */
  @Test
  void ranksByWhatTheLossWouldChangeAndNotByMagnitude() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(3).optBias(false).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(2).optBias(false).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    NDArray first = block.getChildren().valueAt(0).getDirectParameters().valueAt(0).getArray();
    NDArray second = block.getChildren().valueAt(2).getDirectParameters().valueAt(0).getArray();
    first.set(new float[] {1, 1, -9, -9, 0.5f, 0.5f});
    second.set(new float[] {1, 9, 0.1f, -1, -9, 0.1f});
    SearchSpace space = SPACES.generate(DjlBlock.of(block, new Shape(1, 2)), Rules.everything());
    Hparam hidden = space.configurableHparams().values().iterator().next();
    space.sortParameters();
    assertEquals(1, hidden.order()[0]);

    DjlNetwork network = (DjlNetwork) space.model();
    space.setCriterion(
        TaylorImportance.of(network, Loss.softmaxCrossEntropyLoss(), List.of(batch()), 1));
    space.sortParameters();

    assertEquals(List.of(0, 2, 1), java.util.Arrays.stream(hidden.order()).boxed().toList());
    assertEquals(0, hidden.importance().orElseThrow()[1]);
    assertTrue(hidden.importance().orElseThrow()[2] > 0);
    assertEquals(0, second.getGradient().abs().sum().getFloat());
  }

  /** One output y = v h(x), by half the squared error: unit j scores |v_j * mean((y - t) h_j)|. */
  @Test
  void isTheRootMeanSquareOverBatchesOfWeightTimesGradient() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(3).optBias(false).build())
            .add(Linear.builder().setUnits(1).optBias(false).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    NDArray first = block.getChildren().valueAt(0).getDirectParameters().valueAt(0).getArray();
    NDArray second = block.getChildren().valueAt(1).getDirectParameters().valueAt(0).getArray();
    first.set(new float[] {1, 0, 0, 1, 1, 1});
    second.set(new float[] {2, 1, 3});
    SearchSpace space = SPACES.generate(DjlBlock.of(block, new Shape(1, 2)), Rules.everything());
    // what a pass without a step leaves is none of the measurement
    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
      NDList inputs = new NDList(manager.ones(new Shape(1, 2)));
      collector.backward(
          block.forward(new ParameterStore(manager, false), inputs, true).head().sum());
    }
    int arrays = manager.getManagedArrays().size();

    // h = (1, 2, 3), y = 13, t = 11; h = (1, -1, 0), y = 1, t = 0 and h = (2, 1, 3), y = 14, t = 17
    Batch one = squared(new float[] {1, 2}, 11);
    Batch two = squared(new float[] {1, -1, 2, 1}, 0, 17);
    space.setCriterion(
        TaylorImportance.of(
            (DjlNetwork) space.model(), Loss.l2Loss(), List.of(one, two), Integer.MAX_VALUE));
    space.sortParameters();

    double[] scores = {
      2 * Math.hypot(2 * 1, (1 - 3 * 2) / 2.0),
      1 * Math.hypot(2 * 2, (-1 - 3 * 1) / 2.0),
      3 * Math.hypot(2 * 3, -3 * 3 / 2.0)
    };
    Hparam hidden = space.configurableHparams().values().iterator().next();
    assertArrayEquals(
        new double[] {scores[0] / scores[2], scores[1] / scores[2], 1},
        hidden.importance().orElseThrow(),
        1e-6);
    assertEquals(arrays, manager.getManagedArrays().size(), "arrays are left behind");
    assertEquals(0, second.getGradient().abs().sum().getFloat());
  }

  /** h = x, y = v h: the squared norm is y^2, and unit j scores |2 v_j mean(y h_j)|. */
  @Test
  void withoutLabelsTheSquaredNormOfTheOutputsTells() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(2).optBias(false).build())
            .add(Linear.builder().setUnits(1).optBias(false).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    NDArray first = block.getChildren().valueAt(0).getDirectParameters().valueAt(0).getArray();
    NDArray second = block.getChildren().valueAt(1).getDirectParameters().valueAt(0).getArray();
    first.set(new float[] {1, 0, 0, 1});
    second.set(new float[] {2, 1});
    second.setRequiresGradient(false); // as it is after it was read from a file
    SearchSpace space = SPACES.generate(DjlBlock.of(block, new Shape(1, 2)), Rules.everything());
    DjlNetwork network = (DjlNetwork) space.model();
    NDArray array = manager.create(new float[] {1, 2, 3, 0}, new Shape(2, 2));
    int arrays = manager.getManagedArrays().size();

    Samples data = BlockSamples.of(network, array);
    space.setCriterion(network.taylor(data, new int[] {0, 1}, Optional.empty()));
    space.sortParameters();

    // y = 4 and 6: 2 * mean(4 + 18) against 1 * mean(8 + 0)
    assertArrayEquals(
        new double[] {1, 8 / 44.0},
        space.configurableHparams().values().iterator().next().importance().orElseThrow(),
        1e-6);
    assertEquals("taylor", space.criterion());
    assertFalse(second.hasGradient());
    assertEquals(arrays, manager.getManagedArrays().size(), "arrays are left behind");
  }

  @Test
  void labelsAskForTheCrossEntropyOfTheirClasses() {
    NDList logits = new NDList(manager.create(new float[] {1, 2, 0, 3, 3, 3}, new Shape(2, 3)));
    float[] own =
        Loss.softmaxCrossEntropyLoss()
            .evaluate(new NDList(manager.create(new float[] {1, 2})), logits)
            .toFloatArray();
    assertArrayEquals(own, BlockLoss.ofClasses(logits, 1, 2).toFloatArray(), 1e-6f);
    assertArrayEquals(
        new int[] {7, 5},
        BlockLoss.classes(
            Optional.of(new int[] {5, 6, 7}),
            new io.espalier.core.data.Batch(new int[] {2, 3}, Map.of())));
    DataException thrown =
        assertThrows(DataException.class, () -> BlockLoss.ofClasses(logits, 1, 3));
    assertTrue(
        String.valueOf(thrown.getMessage()).startsWith("labels from 1 to 3 do not fit"),
        thrown::getMessage);
  }

  @Test
  void pruningRanksByIt() {
    DjlBlock block = Nets.mlp(manager, 1);
    SearchSpace space = SPACES.generate(block, Rules.everything());
    manager.getEngine().setRandomSeed(5);
    Samples data =
        BlockSamples.of((DjlNetwork) space.model(), manager.randomNormal(new Shape(60, 12)));
    PruneOptions options =
        PruneOptions.of(Budget.of(Cost.MACS, 0.5))
            .withCriterion("taylor")
            .withRepair(PruneOptions.Repair.NONE);
    Pruned pruned = DataPruning.run(space, options, data, SampleDraw.all(60), step -> {});
    assertTrue(pruned.costs().macs() <= pruned.costs().originalMacs() / 2);
    assertEquals("taylor", space.criterion());
    assertTrue(Double.isFinite(pruned.error()));
  }

  private Batch squared(float[] data, float... labels) {
    NDManager own = manager.newSubManager();
    return new Batch(
        own,
        new NDList(own.create(data, new Shape(labels.length, 2))),
        new NDList(own.create(labels, new Shape(labels.length, 1))),
        labels.length,
        Batchifier.STACK,
        Batchifier.STACK,
        0,
        1);
  }

  @Test
  void needsData() {
    SequentialBlock block = new SequentialBlock().add(Linear.builder().setUnits(2).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    DjlNetwork network = DjlNetwork.of(DjlBlock.of(block, new Shape(1, 2)));
    EspalierException refusal =
        assertThrows(
            EspalierException.class,
            () -> TaylorImportance.of(network, Loss.softmaxCrossEntropyLoss(), List.of(), 1));
    assertEquals(
        "importance by gradients cannot be measured without data; give at least one batch",
        refusal.getMessage());
  }

  private Batch batch() {
    return new Batch(
        manager.newSubManager(),
        new NDList(manager.create(new float[] {1, 2, 2, 1}, new Shape(2, 2))),
        new NDList(manager.create(new float[] {0, 1})),
        2,
        Batchifier.STACK,
        Batchifier.STACK,
        0,
        1);
  }
}
