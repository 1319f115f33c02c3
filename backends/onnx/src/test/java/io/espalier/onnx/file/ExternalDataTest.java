package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.SharedData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalDataTest {
  private static final TensorProto LARGE = TestModels.raw("weight", 30, 40);

  @TempDir Path root;
  private Path folder = Path.of("");

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(root.resolve("model"));
  }

  @Test
  void elementsAreReadFromTheOtherFile() throws IOException {
    OnnxModel model = OnnxModel.read(model("weights.bin", 8, 4800));

    OnnxTensor weight = weight(model);

    assertTrue(weight.isExternal());
    assertArrayEquals(OnnxTensor.of(LARGE).floats(), weight.floats());
    assertEquals(Files.size(folder.resolve("m.onnx")) + 4800, model.byteSize());
    assertEquals(inline().fingerprint().length(), model.fingerprint().length());
  }

  @Test
  void missingFileShortFileAndBadRangesAreRefused() throws IOException {
    Path missing = model("weights.bin", 8, 4800);
    Files.delete(folder.resolve("weights.bin"));
    assertRefused(missing, "keeps weights in 'weights.bin', and there is no such file");
    assertRefused(
        model("weights.bin", 9, 4800), "needs bytes 9 to 4809 of 'weights.bin', which has 4808");
    assertRefused(model("weights.bin", Long.MAX_VALUE, 4800), "'weights.bin', which has 4808");
    assertRefused(model("weights.bin", -1, 4800), "offset -1");
    assertRefused(model("weights.bin", 0, 4799), "needs 4800 bytes but holds 4799");
    assertRefused(model("", 0, 4800), "names no file");
  }

  @Test
  void filesOutsideTheFolderAreRefused() throws IOException {
    Path outside = Files.write(root.resolve("secret"), new byte[4808]);
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createSymbolicLink(folder.resolve("up"), root);
    for (String location :
        List.of("../secret", outside.toString(), "link", "up/secret", "a/../../secret")) {
      assertRefused(write("m.onnx", location, 8, 4800), "outside the model's folder");
    }
  }

  @Test
  void filesInASubfolderAndLinksWithinTheFolderAreFine() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    model("sub/weights.bin", 8, 4800);
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("sub/weights.bin"));

    assertArrayEquals(
        OnnxTensor.of(LARGE).floats(),
        weight(OnnxModel.read(write("m.onnx", "link", 8, 4800))).floats());
  }

  @Test
  void aModelInMemoryHasNoExternalData() {
    byte[] bytes = withWeight(TestModels.external(LARGE, "weights.bin", 0, 4800)).toByteArray();
    assertThrows(OnnxFileException.class, () -> OnnxModel.of(bytes));
  }

  @Test
  void writingKeepsDataExternalUnderTheNewName() throws IOException {
    OnnxModel source = OnnxModel.read(model("weights.bin", 8, 4800));
    Path out = root.resolve("out.onnx");

    new OnnxEdit(source).write(out);

    OnnxModel written = OnnxModel.read(out);
    TensorProto tensor = ModelProto.parseFrom(Files.readAllBytes(out)).getGraph().getInitializer(0);
    assertEquals("out.onnx.data", tensor.getExternalData(0).getValue());
    assertEquals(source.initializers().keySet(), written.initializers().keySet());
    assertEquals(weight(source).bytes(), weight(written).bytes());
    assertFalse(
        Objects.requireNonNull(written.initializers().get("bias")).isExternal(), "16 bytes stay");
  }

  @Test
  void theResultInMemoryHasEverything() throws IOException {
    OnnxModel source = OnnxModel.read(model("weights.bin", 8, 4800));

    OnnxModel copy = OnnxModel.of(new OnnxEdit(source).toBytes());

    assertEquals(inline().fingerprint(), copy.fingerprint());
    assertEquals(source.fingerprint(), copy.fingerprint());
  }

  @Test
  void tensorsOfAttributesMoveIntoTheModel() throws IOException {
    ModelProto.Builder model = withWeight(LARGE).toBuilder();
    model
        .getGraphBuilder()
        .addNode(TestModels.constant("c", TestModels.external(LARGE, "weights.bin", 8, 4800)));
    Path file = model("weights.bin", 8, 4800);
    Files.write(file, model.build().toByteArray());
    OnnxModel source = OnnxModel.read(file);
    Path out = root.resolve("out.onnx");

    new OnnxEdit(source).write(out);

    TensorProto constant = OnnxModel.read(out).nodes().get(2).getAttribute(0).getT();
    assertArrayEquals(OnnxTensor.of(LARGE).floats(), OnnxTensor.of(constant).floats());
    assertArrayEquals(
        OnnxTensor.of(LARGE).floats(),
        source.tensor(source.nodes().get(2).getAttribute(0).getT()).floats());
  }

  @Test
  void dataOfFunctionsCannotBeMoved() throws IOException {
    Path file = model("weights.bin", 8, 4800);
    ModelProto.Builder model = withWeight(LARGE).toBuilder();
    model
        .addFunctionsBuilder()
        .setName("f")
        .addNode(TestModels.constant("c", TestModels.external(LARGE, "weights.bin", 8, 4800)));
    Files.write(file, model.build().toByteArray());
    OnnxEdit edit = new OnnxEdit(OnnxModel.read(file));

    OnnxFileException e =
        assertThrows(OnnxFileException.class, () -> edit.write(root.resolve("out.onnx")));

    assertTrue(String.valueOf(e.getMessage()).contains("the data of a function"), e.getMessage());
    assertFalse(Files.exists(root.resolve("out.onnx")));
  }

  @Test
  void elementsBeyondTwoGigabytesOfTheFileAreFound() throws IOException {
    long offset = (5L << 29) + 12;
    Path file = write("m.onnx", "huge.bin", offset, 4800);
    try (FileChannel huge =
        FileChannel.open(
            folder.resolve("huge.bin"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      huge.write(LARGE.getRawData().asReadOnlyByteBuffer(), offset);
    }

    OnnxModel model = OnnxModel.read(file);

    assertArrayEquals(OnnxTensor.of(LARGE).floats(), weight(model).floats());
    assertTrue(model.byteSize() < 10_000, "what the tensors need, not the file's length");
  }

  @Test
  void aModelAboveTheLimitSplits() throws IOException {
    for (Path file : SharedData.zoo()) {
      OnnxModel source = OnnxModel.read(file);
      Path out = root.resolve("split.onnx");

      ModelWriter.write(source, new OnnxEdit(source), out, Files.size(file) - 1);

      OnnxModel split = OnnxModel.read(out);
      for (OnnxTensor tensor : split.initializers().values()) {
        assertEquals(tensor.byteSize() >= 1024, tensor.isExternal(), file + " " + tensor);
      }
      assertEquals(source.fingerprint(), split.fingerprint(), file.toString());
      byte[] whole = new OnnxEdit(split).toBytes();
      assertEquals(source.fingerprint(), OnnxModel.of(whole).fingerprint());
    }
  }

  private static OnnxModel inline() {
    return OnnxModel.of(withWeight(LARGE));
  }

  private static OnnxTensor weight(OnnxModel model) {
    return Objects.requireNonNull(model.initializers().get("weight"));
  }

  /** A model and its weights, which stand 8 bytes into a file of 4808. */
  private Path model(String location, long offset, long length) throws IOException {
    Path file = location.isEmpty() ? folder.resolve("unnamed") : folder.resolve(location);
    if (!Files.exists(file)) {
      byte[] bytes = new byte[4808];
      LARGE.getRawData().copyTo(bytes, 8);
      Files.write(file, bytes);
    }
    return write("m.onnx", location, offset, length);
  }

  private Path write(String name, String location, long offset, long length) throws IOException {
    ModelProto model = withWeight(TestModels.external(LARGE, location, offset, length));
    return Files.write(folder.resolve(name), model.toByteArray());
  }

  private static ModelProto withWeight(TensorProto weight) {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().setInitializer(0, weight);
    return model.build();
  }

  private static void assertRefused(Path file, String problem) {
    OnnxFileException e = assertThrows(OnnxFileException.class, () -> OnnxModel.read(file));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(file.toString()) && message.contains(problem), message);
  }
}
