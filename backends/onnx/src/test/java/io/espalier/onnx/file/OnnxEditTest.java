package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEditTest {
  @TempDir Path folder;

  private final ModelProto original = TestModels.small();
  private final OnnxModel model = OnnxModel.of(original);

  @Test
  void withoutEditsTheFileIsTheSourceByteForByte() throws IOException {
    for (Path file : SharedData.zoo()) {
      Path out = folder.resolve("copy.onnx");

      new OnnxEdit(OnnxModel.read(file)).write(out);

      assertEquals(-1, Files.mismatch(file, out), file.toString());
    }
  }

  @Test
  void anEditLeavesTheRestByteForByte() throws IOException {
    for (Path file : SharedData.zoo()) {
      OnnxModel source = OnnxModel.read(file);
      NodeProto renamed = source.nodes().get(0).toBuilder().setName("renamed").build();

      byte[] bytes = new OnnxEdit(source).replaceNode(0, renamed).toBytes();

      ModelProto.Builder expected = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
      expected.getGraphBuilder().setNode(0, renamed);
      assertArrayEquals(expected.build().toByteArray(), bytes, file.toString());
    }
  }

  @Test
  void replacingWithTheSameIsTheIdentity() {
    OnnxEdit edit = new OnnxEdit(model);
    for (int i = 0; i < model.nodes().size(); i++) {
      edit.replaceNode(i, model.nodes().get(i));
    }
    edit.replaceInput(0, model.inputs().get(0))
        .replaceOutput(0, model.outputs().get(0))
        .replaceValueInfo(0, model.valueInfos().get(0));
    model
        .initializers()
        .forEach((name, t) -> edit.replaceInitializer(name, TensorSource.copyOf(t, name)));

    assertArrayEquals(original.toByteArray(), edit.toBytes());
  }

  @Test
  void replacesRemovesAndInsertsEveryKindOfItem() throws IOException {
    NodeProto first = TestModels.node("Relu", "first", List.of("x"), "r");
    NodeProto last = TestModels.node("Relu", "last", List.of("y"), "z");
    ValueInfoProto z = TestModels.info("z", 2, 4);
    ModelProto edited =
        ModelProto.parseFrom(
            new OnnxEdit(model)
                .insertNodesBefore(0, List.of(first))
                .insertNodesBefore(2, List.of(last))
                .replaceNode(0, TestModels.node("MatMul", "m", List.of("r", "weight"), "h"))
                .removeValueInfo(0)
                .addOutput(z)
                .replaceInitializer("weight", TensorSource.ofFloats("weight", new float[6], 3, 2))
                .removeInitializer("bias")
                .addInitializer(TensorSource.ofLongs("shape", new long[] {2, -1}, 2))
                .toBytes());

    GraphProto.Builder expected = original.getGraph().toBuilder();
    expected
        .clearNode()
        .addNode(first)
        .addNode(TestModels.node("MatMul", "m", List.of("r", "weight"), "h"))
        .addNode(original.getGraph().getNode(1))
        .addNode(last)
        .clearValueInfo()
        .addOutput(z)
        .clearInitializer();
    assertEquals(expected.build(), edited.getGraph().toBuilder().clearInitializer().build());
    assertEquals(
        original.toBuilder().clearGraph().build(), edited.toBuilder().clearGraph().build());
    List<TensorProto> tensors = edited.getGraph().getInitializerList();
    assertEquals(List.of("weight", "shape"), tensors.stream().map(TensorProto::getName).toList());
    assertArrayEquals(new long[] {3, 2}, OnnxTensor.of(tensors.get(0)).dims());
    assertArrayEquals(new long[] {2, -1}, OnnxTensor.of(tensors.get(1)).longs());
  }

  @Test
  void aModelOfTheResultIsThatOfItsBytes() {
    OnnxModel source = SampleNetworks.thinResnet();
    OnnxTensor large =
        source.initializers().values().stream()
            .filter(tensor -> tensor.rank() == 4 && tensor.byteSize() > 4096)
            .findFirst()
            .orElseThrow();
    int[] even = IntStream.range(0, (int) large.dim(0) / 2).map(i -> 2 * i).toArray();
    OnnxEdit edit =
        new OnnxEdit(source)
            .removeNode(source.nodes().size() - 1)
            .replaceInitializer(
                large.name(), TensorSource.gather(large, large.name(), List.of(even)));

    OnnxModel lazy = edit.toModel();
    OnnxModel whole = OnnxModel.of(edit.toBytes());

    assertEquals(whole.nodes(), lazy.nodes());
    assertEquals(
        List.copyOf(whole.initializers().keySet()), List.copyOf(lazy.initializers().keySet()));
    whole
        .initializers()
        .forEach(
            (name, tensor) -> {
              OnnxTensor other = Objects.requireNonNull(lazy.initializers().get(name));
              assertEquals(tensor.toString(), other.toString());
              assertEquals(tensor.bytes(), other.bytes(), name);
              assertFalse(other.isExternal());
            });
    assertEquals(whole.fingerprint(), lazy.fingerprint());
    assertArrayEquals(edit.toBytes(), new OnnxEdit(lazy).toBytes());
  }

  @Test
  void addsToAGraphThatHadNoneOfTheKind() throws IOException {
    ModelProto.Builder bare = original.toBuilder();
    bare.getGraphBuilder().clearInitializer().clearOutput().clearNode();
    byte[] bytes =
        new OnnxEdit(OnnxModel.of(bare.build()))
            .addInitializer(TensorSource.ofFloats("a", new float[] {1}))
            .addOutput(TestModels.info("y", 1))
            .insertNodesBefore(0, List.of(TestModels.node("Relu", "r", List.of("a"), "y")))
            .toBytes();

    GraphProto graph = ModelProto.parseFrom(bytes).getGraph();
    assertEquals("Relu", graph.getNode(0).getOpType());
    assertEquals("a", graph.getInitializer(0).getName());
    assertEquals("y", graph.getOutput(0).getName());
    assertArrayEquals(
        ModelProto.parseFrom(bytes).toByteArray(), bytes, "fields stand in canonical order");
  }

  @Test
  void documentationOfAReplacedInitializerIsKept() throws IOException {
    ModelProto.Builder documented = original.toBuilder();
    documented.getGraphBuilder().getInitializerBuilder(1).setUnknownFields(TestModels.unknown());
    OnnxModel source = OnnxModel.of(documented.build());
    byte[] bytes =
        new OnnxEdit(source)
            .replaceInitializer(
                "bias",
                TensorSource.gather(
                    Objects.requireNonNull(source.initializers().get("bias")),
                    "bias",
                    List.of(new int[] {1, 3})))
            .toBytes();

    TensorProto bias = ModelProto.parseFrom(bytes).getGraph().getInitializer(1);
    assertEquals("the bias", bias.getDocString());
    assertEquals(TestModels.unknown(), bias.getUnknownFields());
    assertArrayEquals(new float[] {1, 3}, OnnxTensor.of(bias).floats());
  }

  @Test
  void writesOverItsOwnSource() throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), original.toByteArray());
    OnnxModel source = OnnxModel.read(file);

    new OnnxEdit(source).removeValueInfo(0).write(file);

    assertEquals(0, OnnxModel.read(file).valueInfos().size());
    assertNotNull(source.initializers().get("weight"));
    assertOnly("m.onnx");
  }

  @Test
  void aFailedWriteLeavesNothingBehind() throws IOException {
    Path out = Files.writeString(folder.resolve("out.onnx"), "before");
    TensorSource failing =
        new TensorSource() {
          @Override
          public String name() {
            return "weight";
          }

          @Override
          public int dataType() {
            return DataTypes.FLOAT;
          }

          @Override
          public long[] dims() {
            return new long[] {3};
          }

          @Override
          public long byteSize() {
            return 12;
          }

          @Override
          public void writeTo(ByteSink sink) throws IOException {
            sink.write(new byte[6]);
            throw new IOException("no space left");
          }
        };

    OnnxFileException e =
        assertThrows(
            OnnxFileException.class,
            () -> new OnnxEdit(model).replaceInitializer("weight", failing).write(out));

    assertEquals(
        "cannot write " + out + ": no space left; free some space or choose another folder",
        e.getMessage());
    assertEquals("before", Files.readString(out));
    assertOnly("out.onnx");
  }

  @Test
  void refusesTargetsThatCannotBe() throws IOException {
    OnnxEdit edit = new OnnxEdit(model);
    Path file = Files.writeString(folder.resolve("file"), "");
    assertRefused(edit, folder, "it is a folder");
    assertRefused(edit, folder.resolve("missing").resolve("m.onnx"), "there is no folder");
    assertRefused(edit, file.resolve("m.onnx"), "there is no folder");
    assertOnly("file");
  }

  @Test
  void refusesEditsOfWhatIsNotThere() {
    OnnxEdit edit = new OnnxEdit(model);
    assertThrows(IndexOutOfBoundsException.class, () -> edit.removeNode(2));
    assertThrows(IndexOutOfBoundsException.class, () -> edit.insertNodesBefore(3, List.of()));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> edit.removeInitializer("wieght"));
    assertEquals("the model in memory has no initializer 'wieght'", e.getMessage());
  }

  private static void assertRefused(OnnxEdit edit, Path out, String reason) {
    OnnxFileException e = assertThrows(OnnxFileException.class, () -> edit.write(out));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("cannot write") && message.contains(reason), message);
  }

  private void assertOnly(String... names) throws IOException {
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of(names), files.map(f -> String.valueOf(f.getFileName())).sorted().toList());
    }
  }
}
