package io.espalier.djl.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.translate.Batchifier;
import io.espalier.core.EspalierException;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.DMRegistry;
import java.util.List;
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
    Hparam hidden = space.namedHparams(true, true).values().iterator().next();
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
