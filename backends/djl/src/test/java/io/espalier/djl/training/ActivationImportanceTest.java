package io.espalier.djl.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.Batchifier;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBackend;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.spi.PluginException;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ActivationImportanceTest {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new DjlBackend()),
          DMRegistry.discover(ActivationImportanceTest.class.getClassLoader()));

  private final NDManager manager = NDManager.newBaseManager();

  @BeforeEach
  void seed() {
    manager.getEngine().setRandomSeed(5);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** Unit 1 is read with the largest weights, but ReLU silences it; unit 2 says most. */
  @Test
  void aPerceptronIsRankedByWhatItsUnitsSay() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(3).optBias(false).build())
            .add(Activation.reluBlock())
            .add(Linear.builder().setUnits(2).optBias(false).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    weight(block, 0).set(new float[] {1, 0, -9, -9, 2, 1});
    weight(block, 2).set(new float[] {1, 9, 0.1f, -1, -9, 0.1f});
    SearchSpace space = space(block, new Shape(1, 2));
    Hparam hidden = hparam(space, "linear_1.out_features");
    space.sortParameters();
    assertEquals(1, hidden.order()[0]);

    // hidden units: (1, 0, 4) and (3, 0, 7)
    sort(space, block, batch(new float[] {1, 2, 3, 1}, 2, 2));

    double[] raw = {Math.sqrt((1 + 9) / 2.0), 0, Math.sqrt((16 + 49) / 2.0)};
    double[] importance = hidden.importance().orElseThrow();
    assertArrayEquals(new double[] {raw[0] / raw[2], 0, 1}, importance, 1e-12);
    assertArrayEquals(new int[] {2, 0, 1}, hidden.order());
    assertKept(space, "linear_1.out_features", 1, weight(block, 0).get(new NDIndex("2:3")));
  }

  @Test
  void aConvolutionalNetworkIsRankedByWhatArrivesAtItsReaders() {
    SequentialBlock block = network();
    SearchSpace space = space(block, new Shape(1, 3, 8, 8));
    Batch first = images(4, 1);
    NDArray data = first.getData().head().duplicate();
    data.attach(manager);

    sort(space, block, first);

    NDArray conv = upTo(block, 3, data);
    assertRanked(hparam(space, "conv2d_1.out_channels"), norms(conv, 8));
    // flattened, each channel is four features of the linear layer
    NDArray flat = upTo(block, 6, data).reshape(4, 6, -1);
    assertRanked(hparam(space, "conv2d_4.out_channels"), norms(flat, 6));
    Hparam channels = hparam(space, "conv2d_1.out_channels");
    assertEquals(5, channels.order()[0]);
    assertEquals(2, channels.order()[7]);
    assertEquals(0, channels.importance().orElseThrow()[2]);
    assertKept(space, "conv2d_1.out_channels", 1, weight(block, 0).get(new NDIndex("5:6")));
  }

  /** The same data give the same scores to the last bit; others give others. */
  @Test
  void isDeterministic() {
    SequentialBlock block = network();
    SearchSpace space = space(block, new Shape(1, 3, 8, 8));
    Hparam channels = hparam(space, "conv2d_4.out_channels");
    sort(space, block, images(4, 1), images(2, 2));
    double[] once = channels.importance().orElseThrow();
    sort(space, block, images(4, 1), images(2, 2));
    assertArrayEquals(once, channels.importance().orElseThrow());
    sort(space, block, images(4, 1), images(6, 3));
    assertNotEquals(once[0], channels.importance().orElseThrow()[0]);
  }

  @Test
  void onlyAsManyBatchesAreUsedAsAskedFor() {
    DjlNetwork network = (DjlNetwork) space(network(), new Shape(1, 3, 8, 8)).model();
    Batch used = images(2, 1);
    Batch left = images(2, 2);
    ActivationImportance.of(network, List.of(used, left), 1);
    assertNull(used.getManager());
    assertTrue(left.getManager().isOpen());
    left.close();
  }

  /** Matrices of its own, in place, sliced, and beside what cannot be traced. */
  @Test
  void aBlockWithItsOwnForwardPassIsMeasured() {
    OwnForward own = new OwnForward();
    SequentialBlock block =
        new SequentialBlock()
            .add(own)
            .addSingleton(x -> x.mul(x.abs().max().getFloat()))
            .add(Linear.builder().setUnits(2).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
    SearchSpace space = space(block, new Shape(1, 4));
    Batch batch = batch(new float[] {1, 2, 3, 4, -1, 0, 1, 2}, 2, 4);
    NDArray hidden = own.hidden(batch.getData().head().duplicate());
    hidden.attach(manager);
    Hparam width =
        space.configurableHparams().values().stream()
            .filter(hparam -> hparam.original().number() == 6)
            .findFirst()
            .orElseThrow();

    sort(space, block, batch);

    assertRanked(width, norms(hidden, 6));
  }

  @TestFactory
  Stream<DynamicTest> allThatMagnitudesRankInTheModelZooActivationsRankToo() {
    Map<String, Function<NDManager, DjlBlock>> networks =
        Map.of(
            "LeNet", Blocks::leNet,
            "ResNet", m -> Blocks.resNet(m, 18, 64),
            "MobileNetV2", Blocks::mobileNet,
            "transformer encoder", Blocks::encoder,
            "BERT", Blocks::bert,
            "LSTM classifier", Blocks::lstmClassifier);
    return networks.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(entry.getKey(), () -> assertAllRanked(entry.getValue())));
  }

  private void assertAllRanked(Function<NDManager, DjlBlock> network) {
    DjlBlock block = network.apply(manager);
    SearchSpace space = SPACES.strict().generate(block, Rules.everything());
    space.sortParameters();
    Set<String> byMagnitude = ranked(space);
    NDManager own = manager.newSubManager();
    NDList data = Blocks.feed(own, block, 2);
    sort(space, block.block(), new Batch(own, data, new NDList(), 2, null, null, 0, 1));
    assertEquals(byMagnitude, ranked(space));
  }

  private static Set<String> ranked(SearchSpace space) {
    return space.configurableHparams().entrySet().stream()
        .filter(entry -> entry.getValue().importance().isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Test
  void dataThatCannotBeMeasured() {
    SequentialBlock block = network();
    SearchSpace space = space(block, new Shape(1, 3, 8, 8));
    DjlNetwork network = (DjlNetwork) space.model();
    assertRefused(
        EspalierException.class,
        "importance by activations cannot be measured without data; give at least one batch",
        network,
        List.of());
    assertRefused(
        TraceException.class,
        "does not run on data of shape [(1, 2)]",
        network,
        List.of(batch(new float[] {1, 2}, 1, 2)));
    float[] broken = new float[192];
    broken[7] = Float.NaN;
    assertRefused(
        EspalierException.class,
        "is no finite number; check the data and the parameters",
        network,
        List.of(batch(broken, 1, 3, 8, 8)));
    Batch two = images(1, 1);
    two.getData().add(two.getData().head());
    assertRefused(
        TraceException.class, "was traced with 1 inputs, and is fed 2", network, List.of(two));
  }

  @Test
  void theActivationsOfAnotherBlockSayNothing() {
    SequentialBlock other = new SequentialBlock().add(Linear.builder().setUnits(2).build());
    other.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
    ActivationImportance importance =
        ActivationImportance.of(
            DjlNetwork.of(DjlBlock.of(other)), List.of(batch(new float[] {1, 2}, 1, 2)), 1);
    SearchSpace space =
        SPACES.strict().generate(DjlBlock.of(network(), new Shape(1, 3, 8, 8)), Rules.everything());
    space.setCriterion(importance);
    String message =
        Objects.requireNonNull(
            assertThrows(PluginException.class, space::sortParameters).getMessage());
    assertTrue(message.contains("measure the block that is searched"), message);
  }

  private static void assertRefused(
      Class<? extends RuntimeException> type,
      String words,
      DjlNetwork network,
      Iterable<Batch> batches) {
    RuntimeException refusal =
        assertThrows(type, () -> ActivationImportance.of(network, batches, 9));
    assertTrue(String.valueOf(refusal.getMessage()).contains(words), refusal.getMessage());
  }

  /** Of the first convolution, channel 2 is dead and channel 5 strong. */
  private SequentialBlock network() {
    SequentialBlock block =
        new SequentialBlock()
            .add(convolution(8))
            .add(BatchNorm.builder().build())
            .add(Activation.reluBlock())
            .add(convolution(6))
            .add(Activation.reluBlock())
            .add(ai.djl.nn.Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(5).build());
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
    NDArray gamma = block.getChildren().valueAt(1).getParameters().get("gamma").getArray();
    gamma.set(new float[] {1, 1, 0, 1, 1, 5, 1, 1});
    return block;
  }

  private static Block convolution(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optStride(new Shape(2, 2))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static NDArray weight(Block block, int child) {
    return block.getChildren().valueAt(child).getParameters().get("weight").getArray();
  }

  private static SearchSpace space(Block block, Shape shape) {
    return SPACES.generate(DjlBlock.of(block, shape), Rules.everything());
  }

  private static Hparam hparam(SearchSpace space, String name) {
    return Objects.requireNonNull(space.namedHparams().get(name), name);
  }

  private static void sort(SearchSpace space, Block block, Batch... batches) {
    assertEquals(block, ((DjlNetwork) space.model()).block());
    space.setCriterion(
        ActivationImportance.of((DjlNetwork) space.model(), List.of(batches), batches.length));
    space.sortParameters();
  }

  /** What the first children of a block compute. */
  private NDArray upTo(SequentialBlock block, int children, NDArray data) {
    NDList current = new NDList(data);
    for (int i = 0; i < children; i++) {
      current =
          block
              .getChildren()
              .valueAt(i)
              .forward(new ParameterStore(manager, false), current, false);
    }
    return current.head();
  }

  /** The norm of each unit on axis 1 per sample, computed the long way round. */
  private static double[] norms(NDArray array, int units) {
    float[] values = array.toFloatArray();
    int samples = (int) array.getShape().get(0);
    int inner = values.length / samples / units;
    double[] norms = new double[units];
    for (int i = 0; i < values.length; i++) {
      norms[i / inner % units] += (double) values[i] * values[i] / samples;
    }
    for (int i = 0; i < units; i++) {
      norms[i] = Math.sqrt(norms[i]);
    }
    return norms;
  }

  private static void assertRanked(Hparam hparam, double... norms) {
    double largest = Arrays.stream(norms).max().orElseThrow();
    double[] relative = Arrays.stream(norms).map(norm -> norm / largest).toArray();
    assertTrue(largest > 0);
    assertArrayEquals(relative, hparam.importance().orElseThrow(), 1e-6);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < norms.length; i++) {
      order.add(i);
    }
    order.sort((a, b) -> Double.compare(relative[b], relative[a]));
    assertEquals(order, Arrays.stream(hparam.order()).boxed().toList());
  }

  /** The rows of the first weight after a width was cut. */
  private static void assertKept(SearchSpace space, String name, int width, NDArray rows) {
    hparam(space, name).setActive(Choice.of(width));
    Block carved = ((DjlNetwork) space.export()).block();
    assertArrayEquals(rows.toFloatArray(), weight(carved, 0).toFloatArray());
  }

  private Batch images(int count, int seed) {
    manager.getEngine().setRandomSeed(seed);
    return batch(manager.randomNormal(new Shape(count, 3, 8, 8)).toFloatArray(), count, 3, 8, 8);
  }

  private Batch batch(float[] values, long... shape) {
    NDManager own = manager.newSubManager();
    return new Batch(
        own,
        new NDList(own.create(values, new Shape(shape))),
        new NDList(),
        (int) shape[0],
        Batchifier.STACK,
        Batchifier.STACK,
        0,
        1);
  }
}
