package io.espalier.cli.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a fuzzer found once, and valid content, which is read without a word. */
class CorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/fuzz");
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir private Path folder = Path.of("");

  static Stream<Path> findings() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(CORPUS)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertTrue(files.size() > 0);
    return files.stream();
  }

  @ParameterizedTest
  @MethodSource("findings")
  void isReadOrRefused(Path finding) throws IOException {
    byte[] content = Files.readAllBytes(finding);
    String reader = finding.getName(finding.getNameCount() - 2).toString();
    Assertions.assertTimeout(
        LONGEST,
        () -> {
          try {
            Reader.valueOf(reader.toUpperCase(Locale.ROOT)).read(content, folder);
          } catch (EspalierException e) {
            FuzzTarget.require(e);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      names = {"ONNX_FIELDS", "FUNCTIONS"},
      mode = EnumSource.Mode.EXCLUDE)
  void validContentIsRead(Reader reader) throws IOException {
    for (byte[] seed : Seeds.of(reader)) {
      reader.read(reader.content(seed), folder);
    }
  }
}
