package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.spi.DMRegistry;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin's JAR, compiled from sources in a test, as a stranger's build would. */
final class PluginJar {
  private final Path jar;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> otherSpi = new LinkedHashMap<>();
  private final Map<String, List<String>> services = new LinkedHashMap<>();
  private final Attributes manifest = new Attributes();

  private PluginJar(Path jar) {
    this.jar = jar;
  }

  static PluginJar of(Path jar) {
    return new PluginJar(jar);
  }

  /** Adds a class, and registers it for some roles. */
  PluginJar with(String name, String source, Class<?>... roles) {
    sources.put(name, source);
    for (Class<?> role : roles) {
      services.computeIfAbsent(role.getName(), key -> new ArrayList<>()).add(name);
    }
    return this;
  }

  /** Compiles against this in the place of a class of the SPI, as another version has it. */
  PluginJar against(String name, String source) {
    otherSpi.put(name, source);
    return this;
  }

  /** States the version of the SPI. */
  PluginJar statingVersion(String version) {
    manifest.putValue(DMRegistry.VERSION_ATTRIBUTE, version);
    return this;
  }

  Path build() throws IOException {
    Path folder = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
    Path classes = Files.createDirectory(folder.resolve("plugin"));
    Path spi = Files.createDirectory(folder.resolve("spi"));
    Path ours =
        Path.of(
            URI.create(
                DMRegistry.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    if (!otherSpi.isEmpty()) {
      compile(otherSpi, ours.toString(), spi);
    }
    compile(
        sources,
        spi
            + File.pathSeparator
            + ours
            + File.pathSeparator
            + System.getProperty("java.class.path"),
        classes);
    manifest.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    Manifest written = new Manifest();
    written.getMainAttributes().putAll(manifest);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, written)) {
      for (Path file : files(classes)) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
      for (Map.Entry<String, List<String>> service : services.entrySet()) {
        entries.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
        entries.write(String.join("\n", service.getValue()).getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  /** A class path with JARs besides that of the tests. */
  static URLClassLoader loader(Path... jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    return new URLClassLoader(urls, PluginJar.class.getClassLoader());
  }

  private static void compile(Map<String, String> sources, String classPath, Path to) {
    StringWriter messages = new StringWriter();
    List<JavaFileObject> texts = new ArrayList<>();
    sources.forEach((name, source) -> texts.add(new Source(name, source)));
    JavaCompiler.CompilationTask task =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("--release", "17", "-proc:none", "-cp", classPath, "-d", to.toString()),
                null,
                texts);
    assertEquals(true, task.call(), messages.toString());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
