package io.espalier.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.auto.service.processor.AutoServiceProcessor;
import io.espalier.core.rules.Rules;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Does in an empty folder what a document says, block by block. {@code ./espalier} is the command
 * line; what Maven would build is compiled with the artifacts that the pom of the document names.
 */
final class Reader {
  private static final Pattern CLASS = Pattern.compile("(?m)^public .*?class (\\w+)");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern ARTIFACT =
      Pattern.compile("(?s)<dependency>.*?<artifactId>([\\w-]+)</artifactId>");
  private static final List<String> CLASS_PATH =
      List.of(System.getProperty("java.class.path").split(File.pathSeparator));

  private static final String TESTS = "src/test/java/";

  private static final String SNIPPET =
      """
      import ai.djl.*;
      import ai.djl.ndarray.*;
      import ai.djl.ndarray.types.*;
      import ai.djl.nn.*;
      import ai.djl.nn.Block;
      import ai.djl.nn.core.Linear;
      import ai.djl.training.*;
      import ai.djl.training.dataset.ArrayDataset;
      import ai.djl.training.loss.Loss;
      import ai.djl.training.optimizer.Adam;
      import com.google.inject.*;
      import com.google.inject.multibindings.*;
      import io.espalier.core.*;
      import io.espalier.core.data.*;
      import io.espalier.core.moments.*;
      import io.espalier.core.pruning.*;
      import io.espalier.core.rules.*;
      import io.espalier.core.search.*;
      import io.espalier.core.values.*;
      import io.espalier.core.vocabulary.*;
      import io.espalier.djl.*;
      import io.espalier.djl.calibrate.*;
      import io.espalier.djl.elastic.*;
      import io.espalier.djl.training.*;
      import io.espalier.onnx.*;
      import io.espalier.onnx.file.*;
      import io.espalier.onnx.runtime.*;
      import io.espalier.onnx.verify.*;
      import io.espalier.spi.*;
      import java.io.DataInputStream;
      import java.nio.file.*;
      import java.util.*;
      import java.util.function.Supplier;

      public class Snippet {
        public static void main(String[] args) throws Exception {
      %s
        }
      }
      """;

  private final Path folder;
  private List<String> libraries = CLASS_PATH;

  Reader(Path folder) {
    this.folder = folder;
  }

  /** Does what one block says; fails where that fails. */
  void follow(CodeBlock block) throws IOException, InterruptedException {
    if (!block.file().isEmpty()) {
      Path file = folder.resolve(block.file());
      Files.createDirectories(file.getParent());
      Files.writeString(file, block.text());
    }
    switch (block.language()) {
      case "java" -> {
        if (block.file().startsWith(TESTS)) {
          test(block.file());
        } else {
          java(block.text());
        }
      }
      case "sh" -> shell(block.text());
      case "json" -> Rules.parse(block.text());
      case "xml" -> libraries = artifacts(block.text());
      case "text" -> {} // what a program prints
      default -> fail("a block of " + block.language() + " that no test knows how to run");
    }
  }

  private void java(String text) throws IOException, InterruptedException {
    if (text.startsWith("import ")) {
      text.lines()
          .forEach(line -> assertTrue(SNIPPET.contains(line.replaceAll("; .*", ";")), line));
      return;
    }
    Matcher type = CLASS.matcher(text);
    if (type.find()) {
      plugin(type.group(1), text);
    } else {
      Path source = folder.resolve("Snippet.java");
      Files.writeString(source, SNIPPET.formatted(text));
      List<String> path = built();
      compile(List.of(source), folder, Stream.concat(path.stream(), CLASS_PATH.stream()).toList());
      path.add(folder.toString());
      run(path, List.of("Snippet"));
    }
  }

  /** Compiles a class as a project does, into a JAR in its folder target. */
  private void plugin(String name, String text) throws IOException {
    Matcher in = PACKAGE.matcher(text);
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes-" + name));
    Path source = sources.resolve(name + ".java");
    Files.writeString(source, text);
    compile(List.of(source), classes, libraries);
    Path jar = Files.createDirectories(folder.resolve("target")).resolve(name + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
    }
    assertEquals(true, in.find(), "a class in a package");
  }

  /** Compiles a test beside the classes that were compiled before, and runs it. */
  private void test(String file) throws IOException, InterruptedException {
    List<String> path = built();
    Path classes = Files.createDirectories(folder.resolve("test-classes"));
    path.add(classes.toString());
    compile(
        List.of(folder.resolve(file)),
        classes,
        Stream.concat(path.stream(), CLASS_PATH.stream()).toList());
    String name = file.substring(TESTS.length(), file.lastIndexOf('.')).replace('/', '.');
    run(path, List.of(RunTest.class.getName(), name));
  }

  /** The JARs of the classes that were compiled before. */
  private List<String> built() throws IOException {
    List<String> path = new ArrayList<>();
    if (Files.exists(folder.resolve("target"))) {
      try (Stream<Path> jars = Files.list(folder.resolve("target"))) {
        jars.map(Path::toString).forEach(path::add);
      }
    }
    return path;
  }

  private static void compile(List<Path> sources, Path classes, List<String> path)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "--release",
              "17",
              "-Xlint:all,-processing,-path",
              "-d",
              classes.toString(),
              "-cp",
              String.join(File.pathSeparator, path));
      JavaCompiler.CompilationTask task =
          compiler.getTask(
              messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(List.of(new AutoServiceProcessor()));
      assertEquals(true, task.call(), messages.toString());
    }
  }

  /** What a pom depends on, and nothing else: modules of this build have no JAR yet. */
  private static List<String> artifacts(String pom) {
    List<String> found = new ArrayList<>();
    Matcher artifact = ARTIFACT.matcher(pom);
    while (artifact.find()) {
      String name = artifact.group(1);
      String folder = "/" + name.replace("espalier-", "") + "/";
      found.addAll(
          CLASS_PATH.stream()
              .filter(entry -> entry.contains("/" + name + "-") || entry.contains(folder))
              .toList());
    }
    return found;
  }

  private void shell(String text) throws IOException, InterruptedException {
    for (String line : text.replace("\\\n", " ").lines().toList()) {
      String command = line.replaceFirst(" +#.*", "").strip();
      if (command.startsWith("./espalier ") && !command.equals("./espalier demo")) {
        List<String> words = new ArrayList<>(List.of("io.espalier.cli.Main"));
        words.addAll(Arrays.asList(command.substring("./espalier ".length()).split(" +")));
        run(List.of(), words);
      }
    }
  }

  private void run(List<String> first, List<String> command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx2g", "-cp"));
    words.add(
        Stream.concat(first.stream(), CLASS_PATH.stream())
            .collect(Collectors.joining(File.pathSeparator)));
    words.addAll(command);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = process.waitFor();
    assertEquals(0, code, () -> String.join(" ", command) + "\n" + read(output));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
