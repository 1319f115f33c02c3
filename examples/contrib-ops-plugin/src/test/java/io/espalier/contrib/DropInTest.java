package io.espalier.contrib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.file.OnnxEdit;
import io.espalier.spi.DMRegistry;
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
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JAR in a folder of plugins, or on the class path, is all it takes. */
class DropInTest {
  @TempDir private Path folder;
  private Path model = Path.of("");
  private Path jar = Path.of("");

  @BeforeEach
  void pack() throws IOException, URISyntaxException {
    model = folder.resolve("attention.onnx");
    new OnnxEdit(Graphs.of("Attention")).write(model);
    jar = Files.createDirectories(folder.resolve("plugins")).resolve("contrib.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .putValue(DMRegistry.VERSION_ATTRIBUTE, Integer.toString(DMRegistry.SPI_VERSION));
    Path classes = classes();
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
    }
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(Fused.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Runs the command line in a JVM that knows nothing of this plugin. */
  private String inspect(List<String> before, String... options) throws Exception {
    String own = classes().resolve("..").normalize().toString();
    List<String> path = new ArrayList<>(before);
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.startsWith(own))
        .forEach(path::add);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", String.join(File.pathSeparator, path), "io.espalier.cli.Main"));
    command.addAll(List.of("inspect", model.toString(), "--json"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().filter(line -> !line.contains("WARN")).collect(Collectors.joining("\n"));
  }

  @Test
  void onTheCommandLineAndOnTheClassPath() throws Exception {
    String without = inspect(List.of());
    assertFalse(without.contains("attn.num_heads"), without);
    assertTrue(
        without.contains("operator com.microsoft:Attention has no rule; a plugin with"), without);
    String folderOfPlugins = folder.resolve("plugins").toString();
    String with = inspect(List.of(), "--plugins", folderOfPlugins);
    assertTrue(with.contains("\"attn.num_heads\""), with);
    assertEquals(with, inspect(List.of(jar.toString())));
  }
}
