package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.InputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Files that data are read from. */
final class DataFiles {
  private DataFiles() {}

  /** Whether a location ends in one of these, whatever the case of its letters. */
  static boolean ends(String location, String... endings) {
    String folded = location.toLowerCase(Locale.ROOT);
    for (String ending : endings) {
      if (folded.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a location is a folder. */
  static boolean isFolder(String location) {
    try {
      return Files.isDirectory(Path.of(location));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * The file at a location.
   *
   * @throws DataException if there is none that can be read
   */
  static Path file(String location) {
    Path file;
    try {
      file = Path.of(location);
    } catch (InvalidPathException e) {
      throw new DataException(location + " is no path of a file; check it", e);
    }
    if (Files.isDirectory(file)) {
      throw new DataException(location + " is a folder; name a file in it");
    }
    if (!Files.exists(file)) {
      throw new DataException("there is no file " + location + "; check the path");
    }
    if (!Files.isReadable(file)) {
      throw new DataException(location + " cannot be read; check its permissions");
    }
    return file;
  }

  static DataException unreadable(Object file, IOException e) {
    String message = e.getMessage();
    return new DataException(
        file
            + " cannot be read: "
            + (message == null ? e.getClass().getSimpleName() : message)
            + "; check the file",
        e);
  }

  /**
   * The only input of a network.
   *
   * @param what what holds one array only
   * @throws DataException if it has several
   */
  static InputSpec onlyInput(DataRequest request, String what) {
    if (request.inputs().size() != 1) {
      throw new DataException(
          request.location()
              + ", being "
              + what
              + ", holds one array a sample, but the model reads "
              + request.inputs().stream().map(InputSpec::toString).collect(Collectors.joining(", "))
              + "; give a .npz or .jsonl file with an array for each, by its name");
    }
    return request.inputs().get(0);
  }
}
