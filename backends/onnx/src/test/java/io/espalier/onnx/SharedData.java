package io.espalier.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of models and recorded results beside the project ({@code ../shared}, or the system
 * property {@code espalier.shared}). The project builds and passes without it: a test that asks for
 * a file that is not there is skipped, and says so.
 */
public final class SharedData {
  private static final System.Logger LOGGER = System.getLogger(SharedData.class.getName());

  private SharedData() {}

  /** A file or folder in the shared folder; skips the calling test if it is absent. */
  public static Path path(String relative) {
    Path path = root().resolve(relative);
    if (!Files.exists(path)) {
      String message =
          "SKIPPED: " + path + " is absent; set -Despalier.shared to the shared folder";
      LOGGER.log(System.Logger.Level.WARNING, message);
      Assumptions.abort(message);
    }
    return path;
  }

  /**
   * All ONNX files of the zoo, real ones included, in order of their names; skips the calling test
   * without any.
   */
  public static List<Path> zoo() {
    return Stream.of("zoo", "zoo/real").flatMap(folder -> models(path(folder)).stream()).toList();
  }

  /** All ONNX files directly in a folder, in order of their names. */
  public static List<Path> models(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path root() {
    String property = System.getProperty("espalier.shared", "");
    if (!property.isEmpty()) {
      return Path.of(property);
    }
    Path project = Path.of("").toAbsolutePath();
    while (Files.exists(Objects.requireNonNull(project.getParent()).resolve("pom.xml"))) {
      project = Objects.requireNonNull(project.getParent());
    }
    return project.resolveSibling("shared");
  }
}
