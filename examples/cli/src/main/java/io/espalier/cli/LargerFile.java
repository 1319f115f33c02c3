package io.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A smaller network in a larger file is nothing to pass over in silence. */
final class LargerFile {
  private LargerFile() {}

  /**
   * Why a file is larger than the one it was made from; empty where it is not, or cannot be
   * compared.
   *
   * @param original null if there is none of the same format
   */
  static Optional<String> word(@Nullable Path original, Path written) {
    if (original == null || !extension(original).equals(extension(written))) {
      return Optional.empty();
    }
    try {
      long before = size(original);
      long after = size(written);
      return after <= before
          ? Optional.empty()
          : Optional.of(
              written
                  + " takes "
                  + Numbers.exact(after)
                  + " bytes, more than the "
                  + Numbers.exact(before)
                  + " of "
                  + original
                  + ": what was cut away is less than what had to be written down beside it, such"
                  + " as shapes that were computed, and weights whose readers are cut in different"
                  + " ways");
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The bytes of a model, those of the file beside it that holds its weights included. */
  private static long size(Path file) throws IOException {
    Path data = Path.of(file + ".data");
    return Files.size(file) + (Files.exists(data) ? Files.size(data) : 0);
  }
}
