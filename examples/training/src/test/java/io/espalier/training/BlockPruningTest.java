package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import io.espalier.djl.training.FineTuned;
import io.espalier.djl.training.FineTuningOptions;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockPruningTest {
  private static final int FRESH = 50;
  private static final PruneOptions HALF = PruneOptions.of(Budget.of(Cost.MACS, 0.5));

  @TempDir Path folder;

  private static float[] scores(Block block, NDManager manager) {
    Images fresh = Images.drawn(FRESH, 9);
    NDArray x = manager.create(fresh.pixels(), new Shape(FRESH, 1, Digits.SIZE, Digits.SIZE));
    return block
        .forward(new ParameterStore(manager, false), new NDList(x), false)
        .head()
        .toFloatArray();
  }

  private static double missing(float[] wanted, float[] now) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      sum += (wanted[i] - now[i]) * (wanted[i] - now[i]);
    }
    return sum;
  }

  @Test
  void repairBringsScoresNearerAndTheBlockStaysAsItIs() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = SmallResNet.of(8, manager, 1);
      float[] before = scores(block, manager);
      BlockPruning.Result result = BlockPruning.prune(block, Images.drawn(80, 1), 60, HALF);
      assertTrue(result.macs() <= 0.5 && result.macs() > 0.2, "MACs " + result.macs());
      double cut = missing(before, scores(result.cut(), manager));
      double repaired = missing(before, scores(result.repaired().block(), manager));
      assertTrue(repaired < 0.9 * cut, repaired + " where the cut alone misses " + cut);
      FineTuned tuned =
          BlockPruning.train(
              block,
              result.repaired(),
              Images.drawn(200, 3),
              FineTuningOptions.of(2).withRate(1e-4));
      assertEquals(2, tuned.errors().size());
      assertTrue(tuned.error() < tuned.errorBefore(), tuned.toString());
      tuned.network().close();
      assertArrayEquals(before, scores(block, manager));
    }
  }

  @Test
  void aDrawOfTooFewImagesIsRefused() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = SmallResNet.of(8, manager, 1);
      EspalierException e =
          assertThrows(
              EspalierException.class,
              () -> BlockPruning.prune(block, Images.drawn(80, 1), 19, HALF));
      assertTrue(String.valueOf(e.getMessage()).contains("at least 20"), e::getMessage);
    }
  }

  private static void refused(String words, Object... args) {
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    Exception e = assertThrows(IllegalArgumentException.class, () -> BlockPruning.main(texts));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e::getMessage);
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    Path params = folder.resolve("net.params");
    refused("give the folder of MNIST", folder);
    refused("give the folder of MNIST", folder, params, "--draws", 0);
    refused("--macs lacks its value", folder, params, "--macs");
    assertThrows(IOException.class, () -> BlockPruning.main(args(params)));
    MadeDigits.write(folder, 50);
    refused("there are 50 images", folder, params);
  }

  private String[] args(Path params) {
    return new String[] {folder.toString(), params.toString()};
  }
}
