package io.espalier.embeddingmodels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lines of text: most of them to make an encoder smaller with, the last fifth to compare with.
 *
 * @param file UTF-8, a text a line
 * @param lines those that are not blank
 */
record Texts(Path file, List<String> lines) {
  private static final int PART = 5;

  static Texts read(Path file) throws IOException {
    return new Texts(
        file, Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList());
  }

  /** How many come first. */
  int fitted() {
    return lines.size() - lines.size() / PART;
  }

  /** The others. */
  List<String> others() {
    return lines.subList(fitted(), lines.size());
  }
}
