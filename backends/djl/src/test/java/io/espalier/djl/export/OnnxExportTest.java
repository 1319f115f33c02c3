package io.espalier.djl.export;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import io.espalier.djl.ArrayCases;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.LayerCases;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime computes what the engine does. */
class OnnxExportTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> networksOfTheModelZoo() {
    return Stream.of(
        network("Mlp", Blocks::mlp, 1, 3),
        network("LeNet", Blocks::leNet, 1, 3),
        network("ResNetV1-18", manager -> Blocks.resNet(manager, 18, 64), 1, 2),
        network("ResNetV1-50", manager -> Blocks.resNet(manager, 50, 64), 1, 2),
        network("MobileNetV2", Blocks::mobileNet, 1, 2),
        network("SqueezeNet", Blocks::squeezeNet, 1, 2),
        network("VGG", Blocks::vgg, 1, 2),
        network("AlexNet", Blocks::alexNet, 1, 2),
        network("transformer encoder", Blocks::encoder, 1, 4),
        // at one sequence the pooled output loses its first axis in the engine
        network("BERT", Blocks::bert, 2, 3),
        network("LSTM classifier", Blocks::lstmClassifier, 1, 4));
  }

  @TestFactory
  Stream<DynamicTest> layers() {
    return LayerCases.all().entrySet().stream()
        .map(entry -> exported(entry.getKey(), entry.getValue(), 1, 4));
  }

  @TestFactory
  Stream<DynamicTest> operationsOnArrays() {
    return ArrayCases.all().entrySet().stream()
        .map(
            entry ->
                exported(
                    entry.getKey(), manager -> ArrayCases.block(manager, entry.getValue()), 2, 3));
  }

  @TestFactory
  Stream<DynamicTest> blocksAsPeopleWriteThem() {
    Shape image = new Shape(1, 3, 8, 8);
    Shape row = new Shape(1, 12);
    return Stream.of(
        written("branches that are joined", joined(), image),
        written("branches that are added", added(), image),
        written(
            "a lambda between layers",
            new SequentialBlock()
                .add(linear(12))
                .addSingleton(x -> x.reshape(x.size(0), 3, 4).softmax(1).reshape(-1, 12).mul(2))
                .add(linear(5)),
            row),
        written(
            "dropout in the middle and at the end",
            new SequentialBlock()
                .add(linear(6))
                .add(Dropout.builder().optRate(0.9f).build())
                .add(linear(4))
                .add(Dropout.builder().optRate(0.9f).build()),
            row),
        written(
            "an output that is read on",
            new SequentialBlock()
                .add(linear(6))
                .add(new LambdaBlock(x -> new NDList(x.head(), x.head().mul(2), x.head()))),
            row),
        written("an input handed on", new LambdaBlock(x -> new NDList(x.head())), row),
        written(
            "numbers of 64 bits",
            new LambdaBlock(x -> new NDList(x.head().toType(DataType.FLOAT64, false).mul(0.1))),
            row));
  }

  private DynamicTest written(String name, Block block, Shape... shapes) {
    return network(name, manager -> Blocks.initialized(manager, block, shapes), 1, 3);
  }

  private static Linear linear(int units) {
    return Linear.builder().setUnits(units).build();
  }

  private static Conv2d conv(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private static Block joined() {
    return new SequentialBlock()
        .add(
            new ParallelBlock(
                lists -> new NDList(NDArrays.concat(new NDList(heads(lists)), 1)),
                List.of(conv(4), new SequentialBlock().add(conv(2)).add(Activation.tanhBlock()))))
        .add(BatchNorm.builder().build())
        .add(conv(3));
  }

  private static Block added() {
    return new SequentialBlock()
        .add(conv(4))
        .add(
            new ParallelBlock(
                lists -> new NDList(NDArrays.add(heads(lists))),
                List.of(
                    new SequentialBlock().add(BatchNorm.builder().build()).add(conv(4)),
                    ai.djl.nn.Blocks.identityBlock())));
  }

  private static NDArray[] heads(List<NDList> lists) {
    return lists.stream().map(NDList::head).toArray(NDArray[]::new);
  }

  private DynamicTest network(String name, Function<NDManager, DjlBlock> make, long... open) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (NDManager manager = NDManager.newBaseManager()) {
            DjlBlock source = make.apply(manager);
            Exported.randomise(source.block(), 7);
            long numbers = Exported.check(manager, source, folder.resolve("a.onnx"), open);
            assertTrue(numbers > 5, "the signal has died out");
          }
        });
  }

  private DynamicTest exported(String name, Function<NDManager, DjlBlock> make, long... open) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (NDManager manager = NDManager.newBaseManager()) {
            Exported.check(manager, make.apply(manager), folder.resolve("a.onnx"), open);
          }
        });
  }
}
