package io.espalier.cli.fuzz;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What Jazzer calls, for the reader named by {@code -Despalier.fuzz.reader}. Content by which a
 * reader fails is written to {@code -Despalier.fuzz.findings}, from where it goes into the corpus.
 */
public final class FuzzTarget {
  private static final Reader READER =
      Reader.valueOf(System.getProperty("espalier.fuzz.reader", "onnx").toUpperCase(Locale.ROOT));
  private static final Path FINDINGS =
      Path.of(System.getProperty("espalier.fuzz.findings", "target/fuzz/findings"));
  private static final Path FOLDER = folder();

  private FuzzTarget() {}

  private static Path folder() {
    try {
      return Files.createTempDirectory("espalier-fuzz");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Before the first input. */
  public static void fuzzerInitialize() throws IOException {
    Files.createDirectories(FINDINGS);
  }

  /** One input. */
  @SuppressWarnings("IgnoredPureGetter")
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    byte[] content = READER.content(input);
    try {
      READER.read(content, FOLDER);
    } catch (EspalierException e) {
      require(e);
    } catch (RuntimeException | Error e) {
      String name = READER.name().toLowerCase(Locale.ROOT) + "-" + System.nanoTime();
      Files.write(FINDINGS.resolve(name), content);
      throw e;
    }
  }

  /** A refusal says something. */
  static void require(EspalierException e) {
    if (e.getMessage() == null || e.getMessage().isBlank()) {
      throw new IllegalStateException("a refusal without a word", e);
    }
  }
}
