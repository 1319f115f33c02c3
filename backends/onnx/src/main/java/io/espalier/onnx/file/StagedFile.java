package io.espalier.onnx.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is written under a temporary name and appears under its own only when it is whole and
 * on disk.
 */
final class StagedFile implements Closeable {
  private final Path target;
  private final Path temporary;

  private StagedFile(Path target) {
    this.target = target;
    this.temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  /**
   * Prepares to write a file.
   *
   * @throws OnnxFileException if there can be no such file
   */
  static StagedFile of(Path target) {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new OnnxFileException(
          "cannot write to " + target + ": it is a folder; name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new OnnxFileException(
          "cannot write " + target + ": there is no folder " + folder + "; create it first");
    }
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      throw new OnnxFileException(
          "cannot write to " + target + ": it is not a regular file; choose another name");
    }
    if (!Files.isWritable(folder)) {
      throw new OnnxFileException(
          "cannot write " + target + ": the folder is not writable; choose another");
    }
    return new StagedFile(absolute);
  }

  /** Writes everything and forces it to disk, still under the temporary name. */
  void write(Body body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      body.writeTo(channel);
      channel.force(true);
    }
  }

  /** Gives the file its name, in place of one that may be there. */
  void commit() throws IOException {
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes the temporary file, if it is still there. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(temporary);
  }

  /** A failure in words, for the end of a sentence. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return String.valueOf(failure.getReason());
    }
    String message = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class
        ? message
        : e.getClass().getSimpleName() + " " + message;
  }

  /** What the file is to hold. */
  interface Body {
    void writeTo(FileChannel file) throws IOException;
  }
}
