package io.espalier.cli;

import io.espalier.core.values.ScratchFolder;
import io.espalier.core.values.TracedModel;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Path;

/** A model written as ONNX for a while. */
final class TemporaryModel implements AutoCloseable {
  private final ScratchFolder folder;

  private TemporaryModel(ScratchFolder folder) {
    this.folder = folder;
  }

  /** Writes a model. */
  static TemporaryModel of(TracedModel model) {
    try {
      TemporaryModel written =
          new TemporaryModel(ScratchFolder.in(Path.of(System.getProperty("java.io.tmpdir"))));
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
    return folder.path().resolve("original.onnx");
  }

  @Override
  public void close() {
    folder.close();
  }
}
