package io.espalier.testkit.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auto.service.processor.AutoServiceProcessor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources into a JAR, as a project with the Auto-Service processor does. */
final class SourceJar {
  private SourceJar() {}

  /**
   * Compiles all sources in a folder; warnings are errors.
   *
   * @param change made to the text of each source
   */
  static void compile(Path sources, UnaryOperator<String> change, Path jar) throws IOException {
    Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
    List<JavaFileObject> texts = new ArrayList<>();
    for (Path file : files(sources)) {
      texts.add(new Source(file.toUri(), change.apply(Files.readString(file))));
    }
    assertTrue(!texts.isEmpty(), sources + " holds no sources");
    List<String> options =
        List.of(
            "--release", "17", "-d", classes.toString(), "-Xlint:all,-processing,-path", "-Werror");
    StringWriter messages = new StringWriter();
    JavaCompiler.CompilationTask task =
        ToolProvider.getSystemJavaCompiler().getTask(messages, null, null, options, null, texts);
    task.setProcessors(List.of(new AutoServiceProcessor()));
    assertEquals(true, task.call(), messages.toString());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Path file : files(classes)) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The text of a class, whose name is that of its file. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(URI file, String text) {
      super(file, Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
