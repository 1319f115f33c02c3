package io.espalier.cli;

import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.WholeFile;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that a command will write. They are checked before the work begins, and appear together
 * when the last is written: until then, the old files stand, and nothing is left if the command
 * fails or is ended.
 */
final class Outputs implements AutoCloseable {
  private final List<Path> taken = new ArrayList<>();
  private final StagedFiles files = new StagedFiles();

  private Outputs(List<Path> inputs) {
    taken.addAll(inputs);
  }

  /** Outputs of a command that reads these files, none of which may be overwritten. */
  static Outputs beside(List<Path> inputs) {
    return new Outputs(inputs);
  }

  /** Shows how far the writing of large files has come. */
  void show(Progress progress) {
    files.listen(progress::written);
  }

  /**
   * Announces a file.
   *
   * @param file null for one that was not asked for
   * @throws EspalierException if it cannot be written, or is another file of this command
   */
  Outputs with(@Nullable Path file) {
    if (file != null) {
      try {
        check(file);
      } catch (RuntimeException e) {
        close();
        throw e;
      }
      taken.add(file);
    }
    return this;
  }

  private void check(Path file) {
    for (Path other : taken) {
      if (same(file, other)) {
        throw new EspalierException(
            "cannot write " + file + ": the same command uses it already; choose another name");
      }
    }
    Path folder = file.toAbsolutePath().resolveSibling("");
    if ((Files.isDirectory(folder) && isReadOnly(folder))
        || (Files.isRegularFile(file) && isReadOnly(file))) {
      throw new EspalierException(
          "cannot write " + file + ": the folder or file is read-only; choose another");
    }
    try {
      // the only sure test is to make something there
      files.announce(file);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static boolean same(Path a, Path b) {
    try {
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize())
          || Files.isSameFile(a, b);
    } catch (IOException e) {
      return false; // one of them does not exist
    }
  }

  /** Whether nobody may write, which a superuser could ignore, but should not. */
  private static boolean isReadOnly(Path path) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      return !permissions.contains(PosixFilePermission.OWNER_WRITE)
          && !permissions.contains(PosixFilePermission.GROUP_WRITE)
          && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      return !Files.isWritable(path);
    }
  }

  /**
   * Writes a file that was announced; it appears by {@link #commit}.
   *
   * @param file null for one that was not asked for
   * @throws EspalierException if it cannot be written
   */
  void write(@Nullable Path file, Content content) {
    if (file == null) {
      return;
    }
    try {
      content.writeTo(file, files);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Where a file is that was written, until {@link #commit}.
   *
   * @throws IllegalStateException if it was not written
   */
  Path staged(Path file) {
    return files
        .staged(file)
        .orElseThrow(() -> new IllegalStateException(file + " was not written yet"));
  }

  /**
   * Moves all to their places.
   *
   * @throws EspalierException if one cannot be moved; then the old files stand
   */
  void commit() {
    try {
      files.commit();
    } catch (IOException e) {
      throw failed(taken.get(taken.size() - 1), e);
    }
  }

  private static EspalierException failed(Path file, IOException e) {
    return new EspalierException(WholeFile.unwritten(file, e), e);
  }

  @Override
  public void close() {
    files.close();
  }

  /** What goes into a file. */
  interface Content {
    void writeTo(Path file, StagedFiles files) throws IOException;
  }
}
