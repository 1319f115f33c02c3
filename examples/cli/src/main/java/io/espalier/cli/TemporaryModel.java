package io.espalier.cli;

import io.espalier.core.values.EspalierException;
import io.espalier.core.values.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model written as ONNX for a while. */
final class TemporaryModel implements AutoCloseable {
  private final Path folder;

  private TemporaryModel(Path folder) {
    this.folder = folder;
  }

  /** Writes a model. */
  static TemporaryModel of(Model model) {
    try {
      TemporaryModel written = new TemporaryModel(Files.createTempDirectory("espalier"));
      try {
        model.save(written.file());
        return written;
      } catch (RuntimeException e) {
        written.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EspalierException(
          "there is no room for temporary files: " + e.getMessage() + "; make some", e);
    }
  }

  /** The file. */
  Path file() {
    return folder.resolve("original.onnx");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // a leftover in the temporary folder is no failure of the command
    }
  }
}
