package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Manifest;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that a command writes appears together, or the old files stand. */
class OutputsTest {
  @TempDir private Path folder;
  private Path model = Path.of("");
  private Path out = Path.of("");
  private Path manifest = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    model = Cli.save(SampleNetworks.flattenedMlp(), folder.resolve("m.onnx"));
    out = Files.writeString(folder.resolve("out.onnx"), "old model");
    manifest = Files.writeString(folder.resolve("out.json"), "old manifest");
  }

  private void assertOldFilesStand() throws IOException {
    assertEquals("old model", Files.readString(out));
    assertEquals("old manifest", Files.readString(manifest));
    assertEquals(List.of("m.onnx", "out.json", "out.onnx"), names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void aFileThatCannotBeWrittenLeavesTheOthers() throws IOException {
    try (Outputs outputs = Outputs.beside(List.of(model)).with(manifest).with(out)) {
      outputs.write(manifest, (file, files) -> files.write(file, stream -> stream.write(1)));
      EspalierException failure =
          assertThrows(
              EspalierException.class,
              () ->
                  outputs.write(
                      out,
                      (file, files) ->
                          files.write(
                              file,
                              stream -> {
                                stream.write(new byte[100_000]);
                                throw new IOException("No space left on device");
                              })));
      assertEquals(
          "cannot write "
              + out
              + ": No space left on device; free some space or choose another folder",
          failure.getMessage());
    }
    assertOldFilesStand();
  }

  @Test
  void whatIsNotCommittedIsNotThere() throws IOException {
    try (Outputs outputs = Outputs.beside(List.of(model)).with(manifest).with(out)) {
      outputs.write(manifest, (file, files) -> files.write(file, stream -> stream.write(1)));
      outputs.write(out, (file, files) -> files.write(file, stream -> stream.write(2)));
    }
    assertOldFilesStand();
  }

  @Test
  void aRefusedCommandLeavesTheOldFiles() throws IOException {
    Cli run = Cli.run("prune", model, "-o", out, "--manifest", manifest, "--macs", 1e-9);
    assertEquals(2, run.code());
    assertOldFilesStand();
  }

  @Test
  void bothAreOfOneRun() throws IOException {
    Cli.done("sample", model, "-o", out, "--manifest", manifest, "--seed", 5);
    assertEquals(List.of("m.onnx", "out.json", "out.onnx"), names());
    assertTrue(OnnxModel.read(out).nodes().size() > 0);
    assertTrue(Manifest.read(manifest).parameters().size() > 0);
    Cli.done("verify", model, out, "--manifest", manifest);
  }

  @Test
  void aLinkIsWrittenThrough() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path link = folder.resolve("link.onnx");
    Files.createSymbolicLink(link, other.resolve("real.onnx"));
    Cli.done("sample", model, "-o", link, "-q");
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(OnnxModel.read(other.resolve("real.onnx")).nodes().size() > 0);
  }

  @Test
  void theLongestNameIsWritten() {
    Path file = folder.resolve("n".repeat(250) + ".onnx");
    Cli.done("sample", model, "-o", file, "-q");
    assertTrue(OnnxModel.read(file).nodes().size() > 0);
  }

  @Test
  void resultsThatNobodyGetsAreAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(full, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            "inspect",
            model.toString());
    assertEquals(2, code);
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("the results cannot be written"));
  }

  @Test
  void aRunThatIsInterruptedAtItsStartLeavesTheOldFiles() throws IOException, InterruptedException {
    interruptOnceThereIs(".espalier-");
    assertOldFilesStand();
  }

  @Test
  void aRunThatIsInterruptedWhileFilesAreMovedMovesAllOfThem()
      throws IOException, InterruptedException {
    interruptOnceThereIs("out.json");
    Cli.done("verify", model, out, "--manifest", manifest);
    assertEquals(List.of("m.onnx", "out.json", "out.onnx"), names());
  }

  /** Ends a run, as Ctrl-C does, once a file was made whose name begins like this. */
  private void interruptOnceThereIs(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "prune", model.toString(), "-o"));
    command.addAll(List.of(out.toString(), "--manifest", manifest.toString(), "--macs", "0.5"));
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean seen = false;
      while (!seen) {
        WatchKey key = watch.poll(60, TimeUnit.SECONDS);
        assertNotNull(key, "nothing was written");
        for (WatchEvent<?> event : key.pollEvents()) {
          seen |= String.valueOf(event.context()).startsWith(name);
        }
        key.reset();
      }
      process.destroy(); // SIGTERM
      process.waitFor();
    }
  }
}
