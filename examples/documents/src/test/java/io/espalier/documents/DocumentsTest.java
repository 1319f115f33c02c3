package io.espalier.documents;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does what the documents say gets what they promise. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#([^)]*))?\\)");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicContainer> everyBlockRuns() throws IOException {
    return documents().stream().map(this::container);
  }

  private DynamicContainer container(Path document) {
    String name = ROOT.relativize(document).toString();
    List<DynamicTest> tests = new ArrayList<>();
    try {
      Path own = Files.createDirectories(folder.resolve(name.replace('/', '-')));
      OnnxNetwork.of(SampleNetworks.thinResnet(), "a ResNet").save(own.resolve("model.onnx"));
      Reader reader = new Reader(own);
      if (name.equals("docs/writing-a-plugin.md")) {
        Path application = ROOT.resolve("examples/plugin-hello/app/src/main/java");
        tests.add(
            DynamicTest.dynamicTest(
                "a model with the operator",
                () -> reader.prepare(application, "com.acme.app.HelloApp")));
      }
      for (CodeBlock block : CodeBlock.of(Files.readString(document))) {
        tests.add(
            DynamicTest.dynamicTest(
                name + ":" + block.line() + " " + block.language(), () -> reader.follow(block)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return DynamicContainer.dynamicContainer(name, tests);
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path target = document.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), document + " links to " + link.group(1));
      }
    }
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }
}
