package io.espalier.djl.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.Batchifier;
import io.espalier.spi.EspalierException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchNormRecalibrationTest {
  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void statisticsBecomeTheMeanOverBatches() {
    BatchNorm norm = BatchNorm.builder().optMomentum(0.7f).build();
    norm.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
    float[] mean = new float[3];
    float[] variance = new float[3];
    List<NDArray> data = List.of(data(1), data(2), data(3));
    for (NDArray batch : data) {
      for (int unit = 0; unit < 3; unit++) {
        NDArray column = batch.get(":, " + unit);
        NDArray centred = column.sub(column.mean());
        mean[unit] += column.mean().getFloat() / 3;
        variance[unit] += centred.mul(centred).sum().getFloat() / 3 / 3; // n - 1 of 4
      }
    }

    BatchNormRecalibration.run(norm, data.stream().map(this::batch).toList(), 3);

    assertArrayEquals(mean, values(norm, "runningMean"), 1e-5f);
    assertArrayEquals(variance, values(norm, "runningVar"), 1e-5f);
  }

  @Test
  void noMoreBatchesAreUsedThanAsked() {
    BatchNorm norm = BatchNorm.builder().build();
    norm.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
    BatchNormRecalibration.run(norm, List.of(batch(data(1)), batch(data(2))), 1);
    assertArrayEquals(
        data(1).mean(new int[] {0}).toFloatArray(), values(norm, "runningMean"), 1e-5f);
  }

  @Test
  void nothingIsMeasuredWithoutDataOrNorms() {
    Block plain = new SequentialBlock().add(Linear.builder().setUnits(2).build());
    plain.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
    BatchNormRecalibration.run(plain, List.of(), 1);
    BatchNorm norm = BatchNorm.builder().build();
    norm.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
    EspalierException refusal =
        assertThrows(EspalierException.class, () -> BatchNormRecalibration.run(norm, List.of(), 1));
    assertEquals(
        "batch norms cannot be recalibrated without data; give at least one batch",
        refusal.getMessage());
  }

  @Test
  void aPassThatFailsLeavesTheStatisticsAsTheyWere() {
    BatchNorm norm = BatchNorm.builder().build();
    norm.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
    BatchNormRecalibration.run(norm, List.of(batch(data(1))), 1);
    float[] before = values(norm, "runningMean");
    NDArray wrong = manager.create(new float[8], new Shape(4, 2));
    assertThrows(
        RuntimeException.class,
        () -> BatchNormRecalibration.run(norm, List.of(batch(data(2)), batch(wrong)), 2));
    assertArrayEquals(before, values(norm, "runningMean"));
  }

  private NDArray data(int seed) {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7 + seed * 5) % 11 * (1 + i % 3) - seed;
    }
    return manager.create(values, new Shape(4, 3));
  }

  private Batch batch(NDArray data) {
    return new Batch(
        manager.newSubManager(),
        new NDList(data),
        new NDList(),
        4,
        Batchifier.STACK,
        Batchifier.STACK,
        0,
        1);
  }

  private static float[] values(Block block, String name) {
    return block.getDirectParameters().get(name).getArray().toFloatArray();
  }
}
