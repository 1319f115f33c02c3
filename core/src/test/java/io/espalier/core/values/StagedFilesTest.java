package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {
  @TempDir private Path folder;
  private Path model = Path.of("");
  private Path manifest = Path.of("");

  @BeforeEach
  void name() {
    model = folder.resolve("m.onnx");
    manifest = folder.resolve("m.json");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static void write(StagedFiles files, Path file, String text) throws IOException {
    files.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void filesAppearTogether() throws IOException {
    Files.writeString(model, "old");
    try (StagedFiles files = new StagedFiles()) {
      write(files, manifest, "cut");
      write(files, model, "new");
      assertEquals("old", Files.readString(model));
      assertTrue(Files.notExists(manifest));
      files.commit();
    }
    assertEquals("new", Files.readString(model));
    assertEquals("cut", Files.readString(manifest));
    assertEquals(List.of("m.json", "m.onnx"), names());
  }

  @Test
  void withoutACommitNothingIsLeft() throws IOException {
    Files.writeString(manifest, "old");
    try (StagedFiles files = new StagedFiles()) {
      write(files, manifest, "cut");
      write(files, model, "new");
    }
    assertEquals("old", Files.readString(manifest));
    assertEquals(List.of("m.json"), names());
  }

  /** A place may turn into what cannot be replaced at the very last moment. */
  @Test
  void aMoveThatFailsTakesTheOthersBack() throws IOException {
    Files.writeString(manifest, "old manifest");
    Path config = folder.resolve("c.json");
    try (StagedFiles files = new StagedFiles()) {
      write(files, manifest, "cut");
      write(files, config, "config");
      files.stage(model); // nothing is written there

      assertThrows(IOException.class, files::commit);
    }
    assertEquals("old manifest", Files.readString(manifest));
    assertEquals(List.of("m.json"), names());
  }

  @Test
  void whatStandsBesideAModelGoesAlong() throws IOException {
    Files.writeString(model, "old model");
    Files.writeString(folder.resolve("m.onnx.data"), "old data");
    try (StagedFiles files = new StagedFiles()) {
      Path staged = files.stage(model);
      Files.writeString(staged, "model");
      Files.writeString(staged.resolveSibling("m.onnx.data"), "data");
      files.commit();
    }
    assertEquals("model", Files.readString(model));
    assertEquals("data", Files.readString(folder.resolve("m.onnx.data")));
    assertEquals(List.of("m.onnx", "m.onnx.data"), names());
  }

  @Test
  void twoFilesOfOneNameAreRefused() throws IOException {
    try (StagedFiles files = new StagedFiles()) {
      write(files, folder.resolve("m.onnx.data"), "a manifest of this name");
      Path staged = files.stage(model);
      Files.writeString(staged, "model");
      Files.writeString(staged.resolveSibling("m.onnx.data"), "data");
      String message = assertThrows(IOException.class, files::commit).getMessage();
      assertTrue(String.valueOf(message).startsWith("two of the files would be "), message);
    }
    assertEquals(List.of(), names());
  }

  @Test
  void aLinkIsWrittenThrough() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path real = Files.writeString(other.resolve("real.onnx"), "old");
    Files.createSymbolicLink(model, Path.of("other", "real.onnx"));
    Files.createSymbolicLink(manifest, other.resolve("not-yet.json"));
    WholeFile.write(model, "new");
    WholeFile.write(manifest, "cut");
    assertTrue(Files.isSymbolicLink(model));
    assertEquals("new", Files.readString(real));
    assertEquals("cut", Files.readString(other.resolve("not-yet.json")));
    assertEquals(List.of("m.json", "m.onnx", "other"), names());
  }

  @Test
  void linksThatLeadNowhereAreRefused() throws IOException {
    Files.createSymbolicLink(model, model);
    Files.createSymbolicLink(manifest, folder.resolve("none").resolve("m.json"));
    assertTrue(refusal(model).contains("leads to itself"));
    assertTrue(refusal(manifest).contains("there is no folder"));
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(IOException.class, () -> WholeFile.write(file, "text")).getMessage());
  }

  @Test
  void permissionsStay() throws IOException {
    Assumptions.assumeTrue(
        Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions here");
    Files.writeString(model, "old");
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rw-r-----"));
    WholeFile.write(model, "new");
    WholeFile.write(manifest, "cut");
    Path plain = Files.writeString(folder.resolve("plain"), "");
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(model)));
    assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(manifest));
  }

  @Test
  void theLongestNameIsWritten() throws IOException {
    Path file = folder.resolve("a".repeat(250) + ".json");
    WholeFile.write(file, "text");
    assertEquals("text", Files.readString(file));
  }

  /** As a killed process leaves it: the folder is there, and nobody holds its lock. */
  private Path leftover() throws IOException {
    Path left = Files.createDirectory(folder.resolve(".espalier-dead-1"));
    Files.writeString(left.resolve("lock"), "");
    Path slot = Files.createDirectory(left.resolve("0"));
    Files.writeString(slot.resolve("m.json"), "cut");
    Files.writeString(Files.createDirectory(left.resolve("1")).resolve("m.onnx"), "new");
    return left;
  }

  private void noteMoves(Path left) throws IOException {
    UnfinishedMoves.note(
        left,
        List.of(
            new UnfinishedMoves.Move(left.resolve("0").resolve("m.json"), manifest),
            new UnfinishedMoves.Move(left.resolve("1").resolve("m.onnx"), model)));
  }

  @Test
  void leftoversOfAKilledProcessGo() throws IOException {
    leftover();
    Files.createDirectory(folder.resolve(".espalier-dead-2"));
    Files.writeString(folder.resolve(".espalier.lock"), "");
    Files.writeString(model, "old");
    WholeFile.write(folder.resolve("other.json"), "text");
    assertEquals("old", Files.readString(model));
    assertEquals(List.of("m.onnx", "other.json"), names());
  }

  @Test
  void movesOfAKilledProcessAreFinished() throws IOException {
    Files.writeString(model, "old");
    Path left = leftover();
    noteMoves(left);
    Files.move(left.resolve("0").resolve("m.json"), manifest);
    WholeFile.write(folder.resolve("other.json"), "text");
    assertEquals("new", Files.readString(model));
    assertEquals("cut", Files.readString(manifest));
    assertEquals(List.of("m.json", "m.onnx", "other.json"), names());
  }

  @Test
  void movesThatSomebodyHasOvertakenAreNotFinished() throws IOException {
    noteMoves(leftover());
    Files.writeString(model, "of a later run");
    Files.setLastModifiedTime(model, FileTime.from(Instant.now().plusSeconds(5)));
    WholeFile.write(folder.resolve("other.json"), "text");
    assertEquals("of a later run", Files.readString(model));
    assertEquals(List.of("m.onnx", "other.json"), names());
  }

  /** A list is only a file, which anybody could have written. */
  @Test
  void nothingIsMovedElsewhere() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path left = leftover();
    UnfinishedMoves.note(
        left,
        List.of(
            new UnfinishedMoves.Move(left.resolve("0").resolve("m.json"), other.resolve("x")),
            new UnfinishedMoves.Move(left.resolve("1").resolve("m.onnx"), model)));
    WholeFile.write(folder.resolve("other.json"), "text");
    assertEquals(List.of("other", "other.json"), names());
  }

  @Test
  void whatIsUsedIsLeftAlone() throws IOException {
    try (StagedFiles first = new StagedFiles()) {
      write(first, model, "first");
      WholeFile.write(manifest, "second");
      first.commit();
    }
    assertEquals("first", Files.readString(model));
    assertEquals(List.of("m.json", "m.onnx"), names());
  }
}
