package io.espalier.core.values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir private Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(IOException.class, () -> WholeFile.write(file, "text")).getMessage());
  }

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "what was there before");
    WholeFile.write(file, "text");
    assertEquals("text", Files.readString(file));
    assertEquals(List.of("a.json"), names());
  }

  @Test
  void aFileThatCannotBeFinishedLeavesTheOldOne() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "old");
    assertThrows(
        IOException.class,
        () ->
            WholeFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new IOException("no space");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.json"), names());
  }

  /** As two threads do, or two processes of one number in two containers. */
  @Test
  void aFileThatIsWrittenMeanwhileDisturbsNothing() throws IOException {
    Path file = folder.resolve("a.json");
    WholeFile.write(
        file,
        out -> {
          WholeFile.write(file, "inner");
          out.write('o');
        });
    assertEquals("o", Files.readString(file));
    assertEquals(List.of("a.json"), names());
  }

  @Test
  void foldersAreRefused() throws IOException {
    assertTrue(refusal(folder).contains("name a file"));
    assertTrue(refusal(folder.resolve("none/a.json")).contains("create it first"));
    assertEquals(List.of(), names());
  }

  /** Whoever may do everything would get a file in the place of the device. */
  @Test
  void aDeviceIsRefused() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device), "no such device here");
    assertTrue(refusal(device).contains("is not a regular file"));
    assertFalse(Files.isRegularFile(device));
  }
}
