package io.espalier.djl.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the file, and what is refused. */
class OnnxFileTest {
  private final NDManager manager = NDManager.newBaseManager();
  @TempDir Path folder;

  @AfterEach
  void close() {
    manager.close();
  }

  private DjlBlock small() {
    SequentialBlock features =
        new SequentialBlock()
            .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(4).build())
            .add(BatchNorm.builder().build())
            .add(Activation::relu);
    SequentialBlock block =
        new SequentialBlock()
            .add(features)
            .addSingleton(x -> x.reshape(x.size(0), -1))
            .add(Dropout.builder().build())
            .add(Linear.builder().setUnits(5).build());
    return Blocks.initialized(manager, block, new Shape(1, 3, 6, 6));
  }

  private Path write(DjlBlock block) {
    Path file = folder.resolve("small.onnx");
    DjlNetwork.of(block).save(file);
    return file;
  }

  /** As the command line has it, and file systems that do not tell them apart. */
  @Test
  void theEndingMayBeInCapitals() throws IOException {
    DjlBlock block = small();
    Path file = folder.resolve("SMALL.ONNX");
    DjlNetwork.of(block).save(file);
    assertArrayEquals(Files.readAllBytes(write(block)), Files.readAllBytes(file));
  }

  @Test
  void parametersKeepTheirNamesAndNodesTellTheirBlocks() {
    OnnxModel model = OnnxModel.read(write(small()));
    assertEquals(8, model.irVersion());
    assertEquals(17, model.opset(""));
    TreeSet<String> parameters = new TreeSet<>(model.initializers().keySet());
    parameters.removeIf(name -> name.contains("/"));
    assertEquals(
        new TreeSet<>(
            List.of(
                "linear.bias",
                "linear.weight",
                "sequential.batchNorm.beta",
                "sequential.batchNorm.gamma",
                "sequential.batchNorm.runningMean",
                "sequential.batchNorm.runningVar",
                "sequential.conv2d.bias",
                "sequential.conv2d.weight")),
        parameters);
    assertEquals(
        List.of(
            "/sequential/conv2d/Conv",
            "/sequential/batchNorm/BatchNormalization",
            "/sequential/lambda/Relu",
            "/lambda/Reshape",
            "/dropout/Dropout",
            "/linear/Gemm"),
        model.nodes().stream().map(NodeProto::getName).toList());
  }

  @Test
  void theBatchIsLeftOpen() {
    OnnxModel model = OnnxModel.read(write(small()));
    assertEquals(List.of("batch", "3", "6", "6"), dims(model.inputs().get(0)));
    assertEquals(List.of("batch", "5"), dims(model.outputs().get(0)));
    ValueInfoProto inner = model.valueInfos().get(0);
    assertEquals(List.of("batch", "4", "4", "4"), dims(inner));
  }

  private static List<String> dims(ValueInfoProto value) {
    return value.getType().getTensorType().getShape().getDimList().stream()
        .map(dim -> dim.hasDimParam() ? dim.getDimParam() : Long.toString(dim.getDimValue()))
        .toList();
  }

  @Test
  void theSameBlockGivesTheSameBytes() throws IOException {
    DjlBlock block = small();
    byte[] first = Files.readAllBytes(write(block));
    assertArrayEquals(first, Files.readAllBytes(write(block)));
  }

  @Test
  void rulesCarryOverToTheFile() {
    Rules rules =
        Rules.parse(
            "{\"nn.Conv2d\": {\"sequential.*\": {\"channel_divisor\": 2}}, \"nn.BatchNorm2d\": {},"
                + " \"nn.Linear\": {}}");
    DjlBlock block = small();
    SearchSpace ofBlock = Blocks.spaces().generate(block, rules);
    SearchSpace ofFile = Blocks.spaces().generate(write(block), rules);
    assertEquals("[2, 4]", ofBlock.hparam("sequential.conv2d.out_channels").choices().toString());
    assertEquals("[2, 4]", ofFile.hparam("sequential.conv2d.out_channels").choices().toString());
  }

  private static void assertSays(String text, EspalierException refusal) {
    assertTrue(String.valueOf(refusal.getMessage()).contains(text), refusal.getMessage());
  }

  private EspalierException assertRefused(DjlBlock block, Path file) throws IOException {
    DjlNetwork network = DjlNetwork.of(block);
    EspalierException refusal = assertThrows(EspalierException.class, () -> network.save(file));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
    return refusal;
  }

  @Test
  void whatCouldNotBeTracedIsRefusedByName() throws IOException {
    SequentialBlock block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(5).build())
            .addSingleton(x -> x.mul(x.toFloatArray()[0]), "strange");
    EspalierException refusal =
        assertRefused(
            Blocks.initialized(manager, block, new Shape(1, 3)), folder.resolve("a.onnx"));
    assertSays("\"strange\"", refusal);
    assertSays("reads the elements of an array", refusal);
  }

  @Test
  void whatIsTooLargeForTheFormatIsRefused() throws IOException {
    Block block = Linear.builder().setUnits(24_000).optBias(false).build();
    block.setInitializer((m, shape, type) -> m.create(shape, type), Parameter.Type.WEIGHT);
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 24_000));
    EspalierException refusal =
        assertRefused(DjlBlock.of(block, new Shape(1, 24_000)), folder.resolve("a.onnx"));
    assertSays("2304000000 bytes", refusal);
  }

  @Test
  void aFolderThatIsMissingIsNamed() throws IOException {
    assertSays("missing", assertRefused(small(), folder.resolve("missing").resolve("a.onnx")));
  }
}
