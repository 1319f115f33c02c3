package io.espalier.djl.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.calibrate.BlockSamples;
import io.espalier.djl.export.Exported;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Networks that were cut are trained to compute what the original does. */
class FineTuningTest {
  private static final int SAMPLES = 240;
  private static final Budget HALF = Budget.of(Cost.MACS, 0.5);
  private static final FineTuningOptions OPTIONS =
      FineTuningOptions.of(3).withRate(3e-3).withSeed(1);

  private final NDManager manager = NDManager.newBaseManager();
  private final Block block =
      new SequentialBlock()
          .add(Linear.builder().setUnits(32).build())
          .add(BatchNorm.builder().build())
          .add(Activation.reluBlock())
          .add(Linear.builder().setUnits(32).build())
          .add(Activation.reluBlock())
          .add(Linear.builder().setUnits(4).build());

  private final SearchSpace space = space();
  private final Samples data = data();

  @AfterEach
  void close() {
    manager.close();
  }

  private SearchSpace space() {
    Blocks.initialized(manager, block, new Shape(1, 12));
    Exported.randomise(block, 2);
    SearchSpace found =
        Blocks.spaces().generate(DjlBlock.of(block, new Shape(1, 12)), Rules.everything());
    found.sortParameters();
    found.select(BudgetSearch.find(found, HALF).config());
    return found;
  }

  private Samples data() {
    manager.getEngine().setRandomSeed(5);
    NDArray numbers = manager.randomNormal(new Shape(SAMPLES, 12));
    return BlockSamples.of(original(), numbers);
  }

  private DjlNetwork original() {
    return (DjlNetwork) space.model();
  }

  private static byte[] bytes(DjlNetwork network) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    network.block().saveParameters(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private FineTuned tune(DjlNetwork small, FineTuningOptions options) {
    return FineTuning.run(original(), small, data, SampleDraw.all(SAMPLES), options, epoch -> {});
  }

  @Test
  void outputsComeNearerAndNothingElseChanges() throws IOException {
    try (DjlNetwork small = (DjlNetwork) space.export()) {
      byte[] whole = bytes(original());
      byte[] cut = bytes(small);
      int arrays = manager.getManagedArrays().size();
      List<FineTuning.Epoch> epochs = new ArrayList<>();
      FineTuned tuned =
          FineTuning.run(original(), small, data, SampleDraw.all(SAMPLES), OPTIONS, epochs::add);
      assertTrue(tuned.error() < 0.6 * tuned.errorBefore(), tuned.toString());
      assertEquals(3, epochs.size());
      assertTrue(epochs.get(2).loss() < epochs.get(0).loss(), epochs.toString());
      assertEquals(epochs.stream().map(FineTuning.Epoch::error).toList(), tuned.errors());
      assertEquals(SAMPLES / 5, tuned.heldBack());
      assertArrayEquals(whole, bytes(original()));
      assertArrayEquals(cut, bytes(small));
      assertEquals(arrays, manager.getManagedArrays().size(), "arrays are left behind");
      FineTuned again = tune(small, OPTIONS);
      assertArrayEquals(bytes(tuned.network()), bytes(again.network()), "the same again");
      again.network().close();
      tuned.network().close();
    }
  }

  @Test
  void theNetworkFromBeforeIsTakenWhereTrainingHarms() throws IOException {
    try (DjlNetwork same = original().withValues(Map.of())) {
      FineTuned tuned = tune(same, OPTIONS);
      assertEquals(0, tuned.epoch());
      assertEquals(0, tuned.error());
      assertArrayEquals(bytes(original()), bytes(tuned.network()));
      tuned.network().close();
    }
  }

  @Test
  void labelsCountToo() throws IOException {
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % 4;
    }
    try (DjlNetwork small = (DjlNetwork) space.export()) {
      FineTuned plain = tune(small, OPTIONS);
      FineTuned labelled = tune(small, OPTIONS.withLabels(labels));
      assertTrue(labelled.errors().get(2) > plain.errors().get(2), labelled.toString());
      labels[7] = 4;
      assertRefused("do not fit the first output", small, OPTIONS.withLabels(labels));
      plain.network().close();
      labelled.network().close();
    }
  }

  @Test
  void theManifestListsWhatWasTrained() {
    PruneOptions options = PruneOptions.of(HALF).withRepair(PruneOptions.Repair.NONE);
    Pruned pruned = DataPruning.run(space, options, data, SampleDraw.all(SAMPLES), step -> {});
    FineTuned tuned = tune((DjlNetwork) pruned.model(), OPTIONS);
    Pruned trained = pruned.trained(space, tuned.network());
    assertTrue(pruned.manifest().compensated().isEmpty());
    List<String> changed =
        trained.manifest().compensated().stream().map(entry -> entry.initializer()).toList();
    // three weights, three biases, and the norm without its statistics
    assertEquals(8, changed.size(), changed.toString());
    assertEquals(pruned.manifest().parameters(), trained.manifest().parameters());
  }

  private void assertRefused(String words, DjlNetwork small, FineTuningOptions options) {
    EspalierException thrown = assertThrows(EspalierException.class, () -> tune(small, options));
    assertTrue(String.valueOf(thrown.getMessage()).contains(words), thrown::getMessage);
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    assertThrows(EspalierException.class, () -> FineTuningOptions.of(0));
    try (DjlNetwork small = (DjlNetwork) space.export()) {
      EspalierException few =
          assertThrows(
              EspalierException.class,
              () ->
                  FineTuning.run(
                      original(), small, data, new int[] {1, 2, 3}, OPTIONS, epoch -> {}));
      assertTrue(String.valueOf(few.getMessage()).contains("at least 10"), few::getMessage);
      assertRefused("train at a smaller rate", small, OPTIONS.withRate(1e30));
      small.block().freezeParameters(true);
      assertRefused("has no parameter to train", small, OPTIONS);
    }
  }
}
