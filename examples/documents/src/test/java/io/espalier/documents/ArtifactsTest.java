package io.espalier.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is published, as far as poms say it. */
class ArtifactsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern OWN =
      Pattern.compile("</parent>\\s*<artifactId>(espalier-[\\w-]+)</artifactId>");
  private static final Pattern USED =
      Pattern.compile("<artifactId>(espalier-[\\w-]+)</artifactId>");
  private static final Pattern VERSION = Pattern.compile("<version>([\\w.-]+)</version>");

  private static Set<String> found(Pattern pattern, Path pom) throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher matcher = pattern.matcher(Files.readString(pom));
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static Set<String> listed() throws IOException {
    Set<String> listed = found(USED, ROOT.resolve("backends/bom/pom.xml"));
    listed.remove("espalier-bom");
    return listed;
  }

  @Test
  void theBomListsEveryLibrary() throws IOException {
    List<Path> poms = new ArrayList<>();
    for (String folder : List.of("registry-spi", "trace", "dynamic-modules", "core")) {
      poms.add(ROOT.resolve(folder).resolve("pom.xml"));
    }
    poms.add(ROOT.resolve("examples/contrib-ops-plugin/pom.xml"));
    try (Stream<Path> backends = Files.list(ROOT.resolve("backends"))) {
      backends.map(folder -> folder.resolve("pom.xml")).filter(Files::exists).forEach(poms::add);
    }
    Set<String> libraries = new TreeSet<>();
    for (Path pom : poms) {
      libraries.addAll(found(OWN, pom));
    }
    assertEquals(libraries, listed());
  }

  @Test
  void theBomHasTheVersionOfTheBuild() throws IOException {
    String build = first(ROOT.resolve("pom.xml"));
    assertEquals(build, first(ROOT.resolve("backends/bom/pom.xml")));
    for (String example : List.of("consumer", "plugin-hello", "plugin-hello/app")) {
      String pom = Files.readString(ROOT.resolve("examples").resolve(example).resolve("pom.xml"));
      assertTrue(pom.contains("<espalier.version>" + build + "</espalier.version>"), example);
    }
  }

  private static String first(Path pom) throws IOException {
    Matcher matcher = VERSION.matcher(Files.readString(pom));
    assertTrue(matcher.find(), pom.toString());
    return matcher.group(1);
  }

  @Test
  void theConsumerTakesItsVersionsFromTheBom() throws IOException {
    Set<String> used = found(USED, ROOT.resolve("examples/consumer/pom.xml"));
    assertTrue(used.remove("espalier-bom"));
    assertTrue(listed().containsAll(used), used.toString());
  }

  /** Maven refuses a dependency that stands in a pom twice, once by the name of the property. */
  @Test
  void theBackendOfTheEmbeddingExampleIsNamedByItsPropertyOnly() throws IOException {
    Set<String> used = found(USED, ROOT.resolve("examples/embedding/pom.xml"));
    assertTrue(
        used.stream().noneMatch(name -> name.startsWith("espalier-backend-")), used.toString());
  }
}
