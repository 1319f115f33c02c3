package io.espalier.cli;

import io.espalier.core.values.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that a command will write. They are checked before the work begins, and if one cannot
 * be written after all, those written before it are deleted.
 */
final class Outputs {
  private final List<Path> taken = new ArrayList<>();
  private final List<Path> written = new ArrayList<>();

  /** Outputs of a command that reads these files, none of which may be overwritten. */
  Outputs(Path... inputs) {
    taken.addAll(List.of(inputs));
  }

  /**
   * Announces a file.
   *
   * @param file null for one that was not asked for
   * @throws EspalierException if it cannot be written, or is another file of this command
   */
  Outputs with(@Nullable Path file) {
    if (file != null) {
      check(file);
      taken.add(file);
    }
    return this;
  }

  private void check(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new EspalierException("cannot write " + file + ": it is a folder; name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new EspalierException(
          "cannot write " + file + ": there is no folder " + folder + "; create it first");
    }
    for (Path other : taken) {
      if (same(file, other)) {
        throw new EspalierException(
            "cannot write " + file + ": the same command uses it already; choose another name");
      }
    }
    if (isReadOnly(folder) || (Files.exists(file) && isReadOnly(file)) || !accepts(folder)) {
      throw new EspalierException(
          "cannot write " + file + ": the folder or file is read-only; choose another");
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

  /** Whether a file can be made in a folder: the only sure test is to make one. */
  private static boolean accepts(Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, ".espalier", ".tmp"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes a file that was announced.
   *
   * @param file null for one that was not asked for
   * @throws EspalierException if it cannot be written; then nothing is left of the others either
   */
  void write(@Nullable Path file, Content content) {
    if (file == null) {
      return;
    }
    try {
      content.writeTo(file);
      written.add(file);
    } catch (IOException e) {
      discard();
      throw new EspalierException(
          "cannot write " + file + ": " + e.getMessage() + "; choose another folder", e);
    } catch (RuntimeException e) {
      discard();
      throw e;
    }
  }

  private void discard() {
    for (Path file : written) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // the failure that led here is the one to report
      }
    }
  }

  /** What goes into a file; all of it or nothing. */
  interface Content {
    void writeTo(Path file) throws IOException;
  }
}
