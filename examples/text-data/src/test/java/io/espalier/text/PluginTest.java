package io.espalier.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This JAR and that of the tokenizers in a folder of plugins are all it takes. */
class PluginTest {
  private static final String TOKENIZERS = "tokenizers-";

  @TempDir private Path dir = Path.of("");

  private static Path classes() throws URISyntaxException {
    return Path.of(TextSource.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Stream<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  private static boolean isTokenizers(String entry) {
    return Path.of(entry).getFileName().toString().startsWith(TOKENIZERS);
  }

  private Path plugins() throws IOException, URISyntaxException {
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    Path classes = classes();
    try (OutputStream out = Files.newOutputStream(folder.resolve("text.jar"));
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, jar);
      }
    }
    Path tokenizers =
        Path.of(classPath().filter(PluginTest::isTokenizers).findFirst().orElseThrow());
    Files.copy(tokenizers, folder.resolve(tokenizers.getFileName()));
    return folder;
  }

  /** Runs the command line in a JVM that knows neither this source nor tokenizers. */
  private static String run(int code, Object... args) throws Exception {
    String own = classes().resolve("..").normalize().toString();
    List<String> path =
        classPath().filter(entry -> !entry.startsWith(own) && !isTokenizers(entry)).toList();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dai.djl.offline=true");
    command.addAll(List.of("-cp", String.join(File.pathSeparator, path), "io.espalier.cli.Main"));
    Arrays.stream(args).map(Object::toString).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), text);
    return text;
  }

  @Test
  void inAFolderOfPlugins() throws Exception {
    Path model = new SmallEncoder(0).save(dir.resolve("m.onnx"));
    Path tokenizer = SmallTokenizer.save(dir.resolve("tokenizer.json"));
    Path texts = SmallTokenizer.texts(dir.resolve("t.txt"), 40, 2);
    Object[] compare = {"compare", model, model, "--data", texts, "--tokenizer", tokenizer};
    String without = run(2, compare);
    assertTrue(without.contains("'--tokenizer'"), without);
    List<Object> more = new ArrayList<>(Arrays.asList(compare));
    more.addAll(List.of("--plugins", plugins()));
    String with = run(0, more.toArray());
    assertTrue(with.contains("on 40 samples"), with);
  }
}
