package io.espalier.djl.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.export.Exported;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks are pruned with data, without ONNX. */
class DataPruningTest {
  private static final int SAMPLES = 120;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray numbers(long... shape) {
    manager.getEngine().setRandomSeed(5);
    return manager.randomNormal(new Shape(shape));
  }

  private static PruneOptions half() {
    return PruneOptions.of(Budget.of(Cost.MACS, 0.5));
  }

  private static Pruned prune(DjlBlock block, Rules rules, PruneOptions options, NDArray data) {
    SearchSpace space = Blocks.spaces().generate(block, rules);
    Samples samples = BlockSamples.of((DjlNetwork) space.model(), data);
    return DataPruning.run(space, options, samples, SampleDraw.all(samples.count()), step -> {});
  }

  private static byte[] parameters(Pruned pruned) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ((DjlNetwork) pruned.model()).block().saveParameters(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Twelve hidden units, of which the last six are multiples of the first six. */
  private DjlBlock redundant() {
    SequentialBlock net =
        new SequentialBlock()
            .add(Linear.builder().setUnits(12).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(3).build());
    DjlBlock block = Blocks.initialized(manager, net, new Shape(1, 8));
    Exported.randomise(net, 3);
    for (Pair<String, Parameter> pair : net.getChildren().values().get(0).getParameters()) {
      NDArray array = pair.getValue().getArray();
      float[] values = array.toFloatArray();
      int half = values.length / 2;
      int width = values.length / 12;
      for (int i = 0; i < half; i++) {
        int unit = i / width;
        values[half + i] = (1 + 0.25f * unit) * values[i];
      }
      array.set(values);
    }
    return block;
  }

  @Test
  void unitsThatSayWhatOthersSayAreNotMissed() {
    Pruned pruned = prune(redundant(), Rules.everything(), half(), numbers(SAMPLES, 8));
    assertTrue(pruned.costs().macs() <= pruned.costs().originalMacs() / 2);
    assertTrue(pruned.error() < 1e-9, "error " + pruned.error());
    assertTrue(pruned.errorBefore() > 1e-2, "error without repair " + pruned.errorBefore());
    assertTrue(
        pruned.manifest().compensated().stream()
            .anyMatch(changed -> changed.initializer().equals("linear_3.weight")));
  }

  private void checkRepair(DjlBlock block, NDArray data) throws IOException {
    byte[] before = bytes(block.block());
    Pruned pruned = prune(block, Rules.everything(), half(), data);
    assertTrue(pruned.error() < 0.8 * pruned.errorBefore(), pruned.toString());
    assertEquals(Map.of(), pruned.left());
    assertFalse(pruned.manifest().compensated().isEmpty());
    assertTrue(Arrays.equals(before, bytes(block.block())), "the block stays what it is");
    assertTrue(pruned.costs().macs() <= pruned.costs().originalMacs() / 2);
  }

  private static byte[] bytes(Block block) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    block.saveParameters(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void linearLayersWithNormsAreRepaired() throws IOException {
    checkRepair(Nets.mlp(manager, 1), numbers(SAMPLES, 12));
  }

  @Test
  void convolutionsAreRepaired() throws IOException {
    checkRepair(Nets.convolutions(manager, 1), numbers(SAMPLES, 3, 10, 10));
  }

  @Test
  void layersOfSequencesAreRepaired() throws IOException {
    checkRepair(Nets.sequence(manager, 1), numbers(SAMPLES, 5, 8));
  }

  /** Curves give five choices of widths at most; what more was tried is near the best of them. */
  @Test
  void widthsOfWhatIsNotRepairedAreRefinedAsTheyAreCut() {
    NDArray data = numbers(SAMPLES, 12);
    PruneOptions none = half().withRepair(PruneOptions.Repair.NONE);
    Pruned cut = prune(Nets.mlp(manager, 1), Rules.everything(), none, data);
    assertTrue(cut.history().tried().size() > 5, cut.history().tried().toString());
    assertEquals(cut.error(), cut.errorBefore());
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    NDArray data = numbers(SAMPLES, 12);
    byte[] once = parameters(prune(Nets.mlp(manager, 1), Rules.everything(), half(), data));
    byte[] again = parameters(prune(Nets.mlp(manager, 1), Rules.everything(), half(), data));
    assertTrue(Arrays.equals(once, again));
  }

  @Test
  void choosesAndRepairsAsTheExportedBlockDoes(@TempDir Path folder) {
    DjlBlock block = Nets.mlp(manager, 1);
    NDArray data = numbers(SAMPLES, 12);
    Pruned pruned = prune(block, Rules.everything(), half(), data);
    DjlNetwork network = DjlNetwork.of(block);
    Path file = folder.resolve("network.onnx");
    network.save(file);
    Pruned other =
        DataPruning.run(
            Blocks.spaces().generate(OnnxNetwork.read(file), Rules.everything()),
            half(),
            BlockSamples.of(network, data),
            SampleDraw.all(SAMPLES),
            step -> {});
    assertEquals(other.costs(), pruned.costs());
    assertEquals(other.error(), pruned.error(), 1e-3 * other.error());
    assertEquals(other.errorBefore(), pruned.errorBefore(), 1e-3 * other.errorBefore());
  }

  @Test
  void whatWasPrunedIsSavedAndRuns(@TempDir Path folder) {
    Pruned pruned = prune(Nets.mlp(manager, 1), Rules.everything(), half(), numbers(SAMPLES, 12));
    Block small = ((DjlNetwork) pruned.model()).block();
    DjlBlock source = DjlBlock.of(small);
    NDArray x = numbers(7, 12);
    Exported.check(
        source,
        folder.resolve("small.onnx"),
        new ai.djl.ndarray.NDList(x),
        Blocks.run(manager, source, new ai.djl.ndarray.NDList(x)));
  }

  @Test
  void dataAreDrawnForABlockAsForAFile() {
    SearchSpace space = Blocks.spaces().generate(Nets.mlp(manager, 1), Rules.everything());
    DjlNetwork network = (DjlNetwork) space.model();
    Samples samples =
        DataSources.discover(getClass().getClassLoader())
            .open(new DataRequest("random", network.inputs(), Map.of(), SAMPLES, 1));
    Pruned pruned = DataPruning.run(space, half(), samples, SampleDraw.all(SAMPLES), step -> {});
    assertTrue(pruned.error() < pruned.errorBefore());
  }

  private static void refuses(String message, Class<? extends Exception> type, Runnable run) {
    Exception refused = assertThrows(type, run::run);
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  @Test
  void dataThatDoNotFitAreRefused() {
    DjlNetwork network = DjlNetwork.of(Nets.mlp(manager, 1));
    refuses(
        "the data hold float32[1, 11] for input 'data0' of float32[?, 12]",
        DataException.class,
        () -> BlockSamples.of(network, numbers(30, 11)));
    refuses(
        "the data hold int64[1, 12]",
        DataException.class,
        () -> BlockSamples.of(network, numbers(30, 12).toType(DataType.INT64, true)));
    refuses(
        "2 arrays are given; give one for each",
        DataException.class,
        () -> BlockSamples.of(network, numbers(30, 12), numbers(30, 12)));
    NDArray bad = numbers(30, 12);
    bad.set(new ai.djl.ndarray.index.NDIndex(4, 3), Float.NaN);
    refuses("not finite", DataException.class, () -> BlockSamples.of(network, bad));
    refuses(
        "holds no samples",
        DataException.class,
        () -> BlockSamples.of(network, manager.create(new Shape(0, 12))));
  }

  @Test
  void tooFewDataAreRefused() {
    refuses(
        "there are 10 samples to calibrate from",
        EspalierException.class,
        () -> prune(Nets.mlp(manager, 1), Rules.everything(), half(), numbers(10, 12)));
  }

  @Test
  void samplesThatThereAreNotAreRefused() {
    SearchSpace space = Blocks.spaces().generate(Nets.mlp(manager, 1), Rules.everything());
    Samples samples = BlockSamples.of((DjlNetwork) space.model(), numbers(SAMPLES, 12));
    int[] wrong = SampleDraw.all(SAMPLES);
    wrong[SAMPLES - 1] = SAMPLES;
    refuses(
        "there is no sample " + SAMPLES + " among " + SAMPLES,
        DataException.class,
        () -> DataPruning.run(space, half(), samples, wrong, step -> {}));
  }

  /** Samples of a stranger, with a wrong name. */
  @Test
  void arraysOfOtherNamesAreRefused() {
    SearchSpace space = Blocks.spaces().generate(Nets.mlp(manager, 1), Rules.everything());
    Samples right = BlockSamples.of((DjlNetwork) space.model(), numbers(SAMPLES, 12));
    Samples wrong = new Renamed(right);
    refuses(
        "the data hold no array of input 'data0'",
        DataException.class,
        () -> DataPruning.run(space, half(), wrong, SampleDraw.all(SAMPLES), step -> {}));
  }

  private record Renamed(Samples samples) implements Samples {
    @Override
    public int count() {
      return samples.count();
    }

    @Override
    public Batches read(int[] some, int size) {
      Batches batches = samples.read(some, size);
      return new Batches() {
        @Override
        public Optional<Batch> next() {
          return batches
              .next()
              .map(batch -> new Batch(batch.samples(), Map.of("x", batch.array("data0"))));
        }

        @Override
        public void close() {
          batches.close();
        }
      };
    }
  }
}
