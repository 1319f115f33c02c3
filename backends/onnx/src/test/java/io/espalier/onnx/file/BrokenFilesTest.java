package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenFilesTest {
  @TempDir Path folder;

  @Test
  void missingFile() {
    assertRefused(folder.resolve("m.onnx"), "there is no file", "check the path");
  }

  @Test
  void folderInsteadOfAFile() {
    assertRefused(folder, "is a folder", "name the .onnx file");
  }

  @Test
  void emptyFile() throws IOException {
    assertRefused(new byte[0], "is empty", "export or download it again");
  }

  @Test
  void fileLargerThanProtobufAllows() throws IOException {
    Path file = folder.resolve("huge.onnx");
    try (FileChannel huge =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      huge.write(ByteBuffer.allocate(1), 1L << 31);
    }
    assertRefused(file, "is larger than 2 GB", "save it with external data");
  }

  @Test
  void textFile() throws IOException {
    assertRefused(text("<!DOCTYPE html>\n<html></html>"), "is a text file", "export the model");
  }

  @Test
  void gitLfsPointer() throws IOException {
    assertRefused(
        text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
        "Git LFS pointer",
        "git lfs pull");
  }

  @Test
  void zipArchive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(1);
    }
    assertRefused(bytes.toByteArray(), "is a zip archive", "unpack it");
  }

  @Test
  void protobufWithoutAGraph() throws IOException {
    ModelProto noGraph = TestModels.small().toBuilder().clearGraph().build();
    assertRefused(noGraph.toByteArray(), "it has no graph", "export or download it again");
  }

  @Test
  void modelWithoutVersions() throws IOException {
    ModelProto noOpset = TestModels.small().toBuilder().clearOpsetImport().build();
    assertRefused(noOpset.toByteArray(), "no operator set version", "again");
    ModelProto noIr = TestModels.small().toBuilder().clearIrVersion().build();
    assertRefused(noIr.toByteArray(), "no IR version", "export the model");
  }

  @Test
  void versionsThatNoOperatorSetHas() throws IOException {
    for (long version : new long[] {Long.MIN_VALUE, -1, 1L + Integer.MAX_VALUE}) {
      ModelProto.Builder model = TestModels.small().toBuilder();
      model.getOpsetImportBuilder(0).setVersion(version);
      assertRefused(
          model.build().toByteArray(), "version " + version + " of operator set", "again");
    }
  }

  @Test
  void nodeWithoutOutputs() throws IOException {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).clearOutput();
    assertRefused(model.build().toByteArray(), "has no outputs", "again");
  }

  @Test
  void nodeOfAnOperatorSetThatIsNotImported() throws IOException {
    ModelProto.Builder model = TestModels.small().toBuilder();
    model.getGraphBuilder().getNodeBuilder(1).setDomain("com.acme");
    assertRefused(model.build().toByteArray(), "operator set 'com.acme'", "again");
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.acme").setVersion(1));
    assertEquals(1, OnnxModel.of(model.build()).opset("com.acme"));
  }

  @Test
  void unreadableFile() throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), TestModels.small().toByteArray());
    Assumptions.assumeTrue(
        Files.getFileStore(file).supportsFileAttributeView("posix"), "no POSIX permissions here");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file), "SKIPPED: this user may read everything");
    assertRefused(file, "cannot be read", "check its permissions");
  }

  @Test
  void garbage() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      assertThrows(OnnxFileException.class, () -> OnnxModel.of(bytes));
    }
  }

  @Test
  void everyFlippedBitGivesAModelOrAnOnnxFileException() {
    byte[] whole = TestModels.small().toByteArray();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] bytes = whole.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        OnnxModel model = OnnxModel.of(bytes);
        model.initializers().values().forEach(OnnxTensor::bytes);
        model.fingerprint();
      } catch (OnnxFileException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 20);
      }
    }
  }

  @Test
  void cutOffAnywhereASmallModelIsRefused() throws IOException {
    ModelProto model = TestModels.small();
    int optional = model.toByteArray().length - wholeWithoutMetadata(model);
    assertCutOff(model.toByteArray(), 1, optional);
  }

  @Test
  void cutOffAnywhereAnyModelIsRefused() throws IOException {
    for (Path file : SharedData.zoo()) {
      byte[] bytes = Files.readAllBytes(file);
      ModelProto model = ModelProto.parseFrom(bytes);
      OnnxModel.of(bytes.clone());
      assertCutOff(bytes, 997, bytes.length - wholeWithoutMetadata(model));
    }
  }

  @Test
  void cutOffOnDiskSaysSo() throws IOException {
    byte[] whole = TestModels.small().toByteArray();
    assertRefused(
        Arrays.copyOf(whole, whole.length / 2), "is not a whole ONNX model", "cut off or damaged");
  }

  @Test
  void elementsThatAreNotAsManyAsTheDimensionsSay() throws IOException {
    ModelProto.Builder model = TestModels.small().toBuilder();
    TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
    weight.setRawData(weight.getRawData().substring(4));
    assertRefused(
        model.build().toByteArray(),
        "tensor 'weight' (float32[3, 4]) needs 48 bytes but holds 44",
        "again");
    weight.clearRawData();
    assertRefused(model.build().toByteArray(), "needs 12 values but holds 0", "again");
    weight.addFloatData(1);
    assertRefused(model.build().toByteArray(), "needs 12 values but holds 1", "again");
    weight.setDims(0, -1);
    assertRefused(model.build().toByteArray(), "negative dimension", "again");
    weight.setDims(0, Long.MAX_VALUE);
    assertRefused(model.build().toByteArray(), "too many elements", "again");
  }

  /**
   * Length of the model up to the graph and the operator set versions: what follows, no reader can
   * miss.
   */
  private static int wholeWithoutMetadata(ModelProto model) {
    ModelProto.Builder builder = model.toBuilder();
    return builder.clearMetadataProps().clearFunctions().build().getSerializedSize();
  }

  private static void assertCutOff(byte[] whole, int step, int optional) {
    for (int length = 0; length < whole.length - optional; length += step) {
      ByteBuffer prefix = ByteBuffer.wrap(whole, 0, length).slice();
      assertThrows(
          OnnxFileException.class,
          () -> ModelFile.parse(prefix, "prefix", Optional.empty()),
          () -> "cut off at " + prefix.limit());
    }
  }

  private void assertRefused(byte[] bytes, String problem, String remedy) throws IOException {
    assertRefused(Files.write(folder.resolve("m.onnx"), bytes), problem, remedy);
  }

  private static void assertRefused(Path file, String problem, String remedy) {
    OnnxFileException e = assertThrows(OnnxFileException.class, () -> OnnxModel.read(file));
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message.contains(file.toString()) && message.contains(problem) && message.contains(remedy),
        message);
    assertEquals(-1, message.indexOf('\n'), "one sentence: " + message);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
