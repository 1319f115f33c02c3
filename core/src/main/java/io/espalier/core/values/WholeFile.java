package io.espalier.core.values;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Writes files whole or not at all: under another name, forced to disk, then moved. */
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
    try (StagedFiles files = new StagedFiles()) {
      files.write(file, body);
      files.commit();
    }
  }

  /** One sentence: which file could not be written, why, and what to do. */
  public static String unwritten(Path file, IOException e) {
    String reason = reason(e);
    String remedy = reason.contains(";") ? "" : "; free some space or choose another folder";
    return "cannot write " + file + ": " + reason + remedy;
  }

  /** Why a file could not be written, in words for the end of a sentence that names the file. */
  public static String reason(IOException e) {
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return String.valueOf(failure.getReason());
    }
    String message = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class
        ? message
        : e.getClass().getSimpleName() + " " + message;
  }
}
