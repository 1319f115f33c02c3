package io.espalier.core.values;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files whole or not at all: to a temporary name, forced to disk, then moved. */
public final class WholeFile {
  private WholeFile() {}

  /**
   * Writes text in UTF-8.
   *
   * @throws IOException if the folder is missing or cannot be written; nothing is left behind then
   */
  public static void write(Path file, String text) throws IOException {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** What a file is to hold. */
  @FunctionalInterface
  public interface Body {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes bytes.
   *
   * @throws IOException if the folder is missing or cannot be written, or the file is a folder or a
   *     device; nothing is left behind then
   */
  public static void write(Path file, Body body) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("the folder " + folder + " does not exist; create it first");
    }
    if (Files.isDirectory(target)) {
      throw new IOException(file + " is a folder; name a file");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // a move would put a file in the place of a device
      throw new IOException(file + " is not a regular file; choose another name");
    }
    // a process that is killed leaves its file behind, and a later one may have the same number
    Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        body.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
