package io.espalier.djl.carve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.spi.EspalierException;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarveTest {
  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private static SearchSpace space(DjlBlock source) {
    return Blocks.spaces().generate(source, Rules.everything());
  }

  private static DjlNetwork narrowest(SearchSpace space) {
    space.sample(Samplers.min());
    return (DjlNetwork) space.export();
  }

  private NDList run(Block block, NDList inputs) {
    return block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
  }

  @Test
  void aCarvedBlockIsOfTheSameClassesAndSharesNothing() {
    DjlBlock source = Blocks.resNet(manager, 20, 28);
    SearchSpace space = space(source);
    space.select(space.draw(new Random(2)));
    Block carved = ((DjlNetwork) space.export()).block();
    IdentityHashMap<Object, Object> original = new IdentityHashMap<>();
    BlockParts parts = new BlockParts(source.block());
    parts.blocks().forEach(block -> original.put(block, block));
    parts
        .parameters()
        .forEach(
            parameter -> {
              original.put(parameter, parameter);
              original.put(parameter.getArray(), parameter);
            });
    BlockParts copies = new BlockParts(carved);
    assertEquals(source.block().getClass(), carved.getClass());
    copies.blocks().forEach(block -> assertTrue(!original.containsKey(block)));
    for (Parameter parameter : copies.parameters()) {
      assertTrue(!original.containsKey(parameter) && !original.containsKey(parameter.getArray()));
    }
    copies
        .blocks()
        .forEach(block -> assertTrue(!block.getClass().getName().startsWith("io.espalier")));
  }

  @Test
  void theOriginalStaysAsItIs() {
    DjlBlock source = Blocks.resNet(manager, 20, 28);
    NDList inputs = Blocks.feed(manager, source, 2);
    NDList before = run(source.block(), inputs);
    List<String> names = source.block().getParameters().keys();
    SearchSpace space = space(source);
    DjlNetwork carved = narrowest(space);
    carved.block().clear();
    assertEquals(names, source.block().getParameters().keys());
    assertArrayEquals(
        before.head().toFloatArray(), run(source.block(), inputs).head().toFloatArray());
  }

  @Test
  void parametersAreSavedAndReadIntoAnotherBlockOfTheSameStructure(@TempDir Path folder)
      throws Exception {
    DjlBlock source = Blocks.leNet(manager);
    SearchSpace space = space(source);
    space.select(space.draw(new Random(5)));
    DjlNetwork carved = (DjlNetwork) space.export();
    Path file = folder.resolve("small.params");
    carved.save(file);
    Block other = ((DjlNetwork) space.export()).block();
    other.getParameters().values().forEach(parameter -> parameter.getArray().muli(0));
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      other.loadParameters(manager, in);
    }
    NDList inputs = Blocks.feed(manager, source, 2);
    assertArrayEquals(
        run(carved.block(), inputs).head().toFloatArray(),
        run(other, inputs).head().toFloatArray());
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
    assertThrows(EspalierException.class, () -> carved.save(folder.resolve("none/small.params")));
  }

  @Test
  void aCarvedBlockIsTrainedAsAnyOther() throws Exception {
    DjlBlock source = Blocks.resNet(manager, 20, 28);
    SearchSpace space = space(source);
    space.select(space.draw(new Random(1)));
    Block carved = ((DjlNetwork) space.export()).block();
    NDArray first = carved.getParameters().valueAt(0).getArray().duplicate();
    try (Model model = Model.newInstance("carved")) {
      model.setBlock(carved);
      DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(new Shape(1, 3, 28, 28));
        ArrayDataset data =
            new ArrayDataset.Builder()
                .setData(manager.randomNormal(new Shape(8, 3, 28, 28)))
                .optLabels(manager.zeros(new Shape(8)))
                .setSampling(4, false)
                .build();
        EasyTrain.fit(trainer, 1, data, null);
      }
    }
    NDArray now = carved.getParameters().valueAt(0).getArray().stopGradient();
    assertTrue(now.sub(first).abs().sum().getFloat() > 0);
  }

  private static Block conv(int filters) {
    return Conv2d.builder()
        .setFilters(filters)
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .build();
  }

  private static Block residual() {
    return new ParallelBlock(
        lists -> new NDList(lists.get(0).head().add(lists.get(1).head())),
        List.of(
            new SequentialBlock().add(conv(4)).add(Activation::tanh),
            ai.djl.nn.Blocks.identityBlock()));
  }

  @Test
  void aKernelIsCroppedWithItsPadsAndBlocksAreTakenOut() {
    SequentialBlock stage = stage();
    SequentialBlock block = new SequentialBlock().add(conv(4)).add(stage).add(conv(2));
    DjlBlock source = Blocks.initialized(manager, block, new Shape(1, 3, 8, 8));
    SearchSpace space = space(source);
    DjlNetwork carved = narrowest(space);
    assertEquals(List.of("01Conv2d", "03Conv2d"), carved.block().getChildren().keys());
    assertEquals(3, stage.getChildren().size());
    NDList inputs = Blocks.feed(manager, source, 2);
    assertEquals(run(carved.block(), inputs), run(ElasticBlock.of(space), inputs));
    space.hparam("sequential.depth").setActive(Choice.of(1));
    carved = (DjlNetwork) space.export();
    assertEquals(
        List.of("01ParallelBlock"), carved.block().getChildren().valueAt(1).getChildren().keys());
    assertEquals(run(carved.block(), inputs), run(ElasticBlock.of(space), inputs));
    Convolution conv = (Convolution) carved.block().getChildren().valueAt(0);
    assertEquals(new Shape(1, 1), conv.getKernelShape());
    assertEquals(new Shape(0, 0), conv.getPadding());
    assertEquals(1, conv.getFilters());
    Convolution whole = (Convolution) block.getChildren().valueAt(0);
    assertEquals(new Shape(3, 3), whole.getKernelShape());
    assertEquals(new Shape(1, 1), whole.getPadding());
  }

  private static SequentialBlock stage() {
    return new SequentialBlock().add(residual()).add(residual()).add(residual());
  }

  @Test
  void aSequenceThatIsABranchBecomesASequenceOfNothing() {
    Block branches =
        new ParallelBlock(
            lists -> new NDList(lists.get(0).head().sub(lists.get(1).head())),
            List.of(stage(), conv(4)));
    SequentialBlock block = new SequentialBlock().add(conv(4)).add(branches).add(conv(2));
    DjlBlock source = Blocks.initialized(manager, block, new Shape(1, 3, 8, 8));
    SearchSpace space = space(source);
    DjlNetwork carved = narrowest(space);
    assertEquals(2, carved.block().getChildren().valueAt(1).getChildren().size());
    NDList inputs = Blocks.feed(manager, source, 2);
    assertEquals(run(carved.block(), inputs), run(ElasticBlock.of(space), inputs));
    assertEquals(source.block().getParameters().size() - 6, carved.block().getParameters().size());
  }

  @Test
  void aWidthThatALambdaCapturedIsFrozen() {
    DjlBlock source =
        Blocks.initialized(manager, MobileNetV2.builder().build(), new Shape(1, 3, 64, 64));
    SearchSpace space = space(source);
    FrozenAxis frozen =
        space.frozen().stream()
            .filter(axis -> axis.toString().contains("1280"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(space.frozen().toString()));
    assertTrue(frozen.remedy().contains("shape of an array"), frozen.toString());
    assertFalse(frozen.reason().contains("BlockWidths"), frozen.toString());
    assertEquals(1, ((Convolution) firstConv(narrowest(space).block())).getFilters());
  }

  private static Block firstConv(Block block) {
    Block inside = block;
    while (!(inside instanceof Convolution)) {
      inside = inside.getChildren().valueAt(0);
    }
    return inside;
  }

  private DjlBlock gated(GatedBlock gated) {
    return Blocks.initialized(
        manager,
        new SequentialBlock()
            .add(Linear.builder().setUnits(6).build())
            .add(gated)
            .add(Activation::tanh)
            .add(Linear.builder().setUnits(3).build()),
        new Shape(1, 5));
  }

  @Test
  void aBlockOfOnesOwnIsCarvedByWhatItsWidthsSay() {
    DjlBlock source = gated(new GatedBlock(8));
    SearchSpace space = space(source);
    assertEquals(2, space.configurableHparams().size());
    DjlNetwork carved = narrowest(space);
    assertEquals(
        new Shape(2, 1),
        carved.block().getParameters().get("02GatedBlock_weight").getArray().getShape());
    assertEquals(
        new Shape(2, 3),
        run(carved.block(), new NDList(manager.ones(new Shape(2, 5)))).head().getShape());
  }

  @Test
  void aFieldThatNobodyExplainsIsFrozen() {
    SearchSpace space = space(gated(new GatedBlock.Unknown(8)));
    assertEquals(1, space.configurableHparams().size());
    assertTrue(
        space.frozen().stream()
            .map(FrozenAxis::remedy)
            .anyMatch(what -> what.contains("GatedBlock$Unknown") && what.contains("BlockWidths")),
        space.frozen().toString());
    narrowest(space);
  }

  @Test
  void twoThatExplainOneClassAreRefused() {
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () -> WidthsRegistry.of(List.of(new GatedBlock.Widths(), new GatedBlock.Widths())));
    assertTrue(String.valueOf(refused.getMessage()).contains("GatedBlock$Widths"));
  }

  @Test
  void aBlockThatIsCalledTwiceStaysOne() {
    Block shared = Linear.builder().setUnits(7).build();
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(7).build())
            .add(shared)
            .add(Activation::relu)
            .add(shared)
            .add(Linear.builder().setUnits(2).build());
    SearchSpace space = space(Blocks.initialized(manager, block, new Shape(1, 4)));
    Block carved = narrowest(space).block();
    assertSame(carved.getChildren().valueAt(1), carved.getChildren().valueAt(3));
    assertNotSame(shared, carved.getChildren().valueAt(1));
    assertEquals(
        new Shape(1, 1),
        carved.getChildren().valueAt(1).getParameters().valueAt(0).getArray().getShape());
  }

  @Test
  void groupsFollowTheirChannels() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Conv2d.builder().setFilters(6).setKernelShape(new Shape(1, 1)).build())
            .add(
                Conv2d.builder()
                    .setFilters(12)
                    .setKernelShape(new Shape(3, 3))
                    .optGroups(6)
                    .build())
            .add(Conv2d.builder().setFilters(2).setKernelShape(new Shape(1, 1)).build());
    SearchSpace space = space(Blocks.initialized(manager, block, new Shape(1, 3, 8, 8)));
    Convolution carved = (Convolution) narrowest(space).block().getChildren().valueAt(1);
    assertEquals(1, carved.getGroups());
    assertEquals(2, carved.getFilters());
  }

  @Test
  void whatIsInsideGroupsFollowsWhereRulesOpenIt() {
    SequentialBlock block =
        new SequentialBlock()
            .add(Conv2d.builder().setFilters(12).setKernelShape(new Shape(1, 1)).build())
            .add(
                Conv2d.builder()
                    .setFilters(18)
                    .setKernelShape(new Shape(3, 3))
                    .optPadding(new Shape(1, 1))
                    .optGroups(3)
                    .build())
            .add(Activation.tanhBlock())
            .add(Conv2d.builder().setFilters(2).setKernelShape(new Shape(1, 1)).build());
    DjlBlock source = Blocks.initialized(manager, block, new Shape(1, 3, 8, 8));
    SearchSpace space =
        Blocks.spaces()
            .generate(source, Rules.parse("{\"nn.Conv2d\": {\"group_width_ratio\": [0.5]}}"));
    space.select(
        space
            .config()
            .with("conv2d_2.groups", Choice.of(2))
            .with("conv2d_2.group_width", Choice.of(2))
            .with("conv2d_2.group_width_2", Choice.of(3)));
    NDList inputs = Blocks.feed(manager, source, 2);
    NDArray elastic = run(ElasticBlock.of(space), inputs).head();
    Convolution carved =
        (Convolution) ((DjlNetwork) space.export()).block().getChildren().valueAt(1);
    assertEquals(2, carved.getGroups());
    assertEquals(6, carved.getFilters());
    assertEquals(new Shape(6, 2, 3, 3), carved.getParameters().valueAt(0).getArray().getShape());
    assertArrayEquals(
        elastic.toFloatArray(),
        run(((DjlNetwork) space.export()).block(), inputs).head().toFloatArray(),
        1e-5f);
  }
}
