package io.espalier.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application in a JVM of its own, with the class path that its users choose. */
class EmbeddingTest {
  @TempDir private Path folder = Path.of("");
  private Path model = Path.of("");

  @BeforeEach
  void writeModel() {
    model = folder.resolve("model.onnx");
    OnnxNetwork.of(SampleNetworks.thinResnet(), "a ResNet").save(model);
  }

  /**
   * One run.
   *
   * @param code its exit code
   * @param text what it printed
   */
  private record Run(int code, String text) {}

  private Run run(Class<?> app, Object network, Path result, Predicate<String> classPath)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(classPath)
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(app.getName(), network.toString(), result.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), text);
  }

  private static boolean isOnnx(String entry) {
    return entry.contains("backend-onnx") || entry.contains("/backends/onnx/");
  }

  private static boolean isDjl(String entry) {
    return entry.contains("backend-djl") || entry.contains("/backends/djl/");
  }

  private static boolean isGuice(String entry) {
    return entry.contains("/guice-");
  }

  @Test
  void bothApplicationsFindTheSame() throws Exception {
    Path first = folder.resolve("first.onnx");
    Path second = folder.resolve("second.onnx");
    Run guice = run(GuiceApp.class, model, first, entry -> !isDjl(entry));
    Run plain = run(PlainApp.class, model, second, entry -> !isDjl(entry) && !isGuice(entry));

    assertEquals(0, guice.code(), guice.text());
    assertTrue(guice.text().contains(" MACs, ranked by embedding.largest"), guice.text());
    assertEquals(guice, plain);
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    assertTrue(Files.size(first) < Files.size(model));
  }

  @Test
  void theOtherBackendTakesTheOtherNetworks() throws Exception {
    String block = "class:" + SmallNet.class.getName();
    Path first = folder.resolve("first.params");
    Path second = folder.resolve("second.params");
    Run guice = run(GuiceApp.class, block, first, entry -> !isOnnx(entry));
    Run plain = run(PlainApp.class, block, second, entry -> !isOnnx(entry) && !isGuice(entry));

    assertEquals(0, guice.code(), guice.text());
    assertTrue(guice.text().contains(" MACs, ranked by embedding.largest"), guice.text());
    assertEquals(0, plain.code(), plain.text());
    assertEquals(sentence(guice), sentence(plain));
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));

    for (Class<?> app : List.of(GuiceApp.class, PlainApp.class)) {
      Run refused = run(app, model, folder.resolve("none.onnx"), entry -> !isOnnx(entry));
      assertEquals(1, refused.code(), refused.text());
      assertTrue(
          refused.text().contains("for others add io.espalier:espalier-backend-onnx (ONNX files)"),
          refused.text());
    }
  }

  /** The engine says which platform it runs on before that. */
  private static String sentence(Run run) {
    return run.text().lines().reduce("", (before, line) -> line);
  }

  @Test
  void withoutABackendTheErrorSaysWhatToAdd() throws Exception {
    for (Class<?> app : List.of(GuiceApp.class, PlainApp.class)) {
      Path result = folder.resolve("none.onnx");
      Run run = run(app, model, result, entry -> !isOnnx(entry) && !isDjl(entry));
      assertEquals(1, run.code(), run.text());
      assertTrue(
          run.text()
              .contains(
                  "there is no backend on the class path to open "
                      + model
                      + " with; add io.espalier:espalier-backend-onnx (ONNX files) or"
                      + " io.espalier:espalier-backend-djl (DJL blocks)"),
          run.text());
    }
  }
}
