package io.espalier.onnx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table docs/operators.md: every operator of the standard domain, its rule and what that says
 * of itself, and the networks around it that are cut and proved.
 */
class OperatorTableTest {
  private static final String WRITE = "espalier.write-docs";
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "operators.md");
  private static final Path MODULES = Path.of("..", "..", "dynamic-modules", "src");
  private static final Path LIST =
      MODULES
          .resolve(Path.of("test", "resources", "io", "espalier", "modules", "operators"))
          .resolve("standard-domain.txt");
  private static final Pattern JAVADOC =
      Pattern.compile(
          "/\\*\\*(?<text>(?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*"
              + "(?:public )?(?:final )?class ",
          Pattern.DOTALL);
  private static final String HEAD =
      """
      # Operators

      Every operator of the ONNX standard domain, by its rule and by the networks around it that are cut, carved and compared
      with the masked original. A test writes this table (`mvn verify -pl backends/onnx -Dtest=OperatorTableTest
      -Despalier.write-docs`) and fails where it is out of date.

      - *newest*: the operator set of its newest version; an experiment that was dropped, or deprecated, says so.
      - *rule*: the class in `dynamic-modules` that types it. What each rule leaves free stands below.
      - *in front of it*: whether the width that the operator reads stays *free* in the networks tested, or is *frozen*, with the
        reason that is given there.
      - *tested*: the operator sets of those networks; none means that ONNX Runtime runs no such network, or that none is known.

      | operator | newest | rule | in front of it | tested |
      | --- | --- | --- | --- | --- |
      """;

  private final DMRegistry registry = DMRegistry.discover(getClass().getClassLoader());

  @Test
  void tableIsUpToDate() throws IOException {
    Map<String, List<OperatorCase>> cases =
        OperatorSweepTest.cases().collect(Collectors.groupingBy(OperatorCase::operator));
    StringBuilder table = new StringBuilder(HEAD);
    Map<String, String> rules = new TreeMap<>();
    for (String line : Files.readAllLines(LIST)) {
      if (!line.startsWith("#")) {
        String[] words = line.split(" ", 2);
        String rule = rule(words[0]);
        rules.put(rule, says(rule));
        table.append(row(words[0], words[1], rule, cases.getOrDefault(words[0], List.of())));
      }
    }
    table.append("\n## Rules\n\n| rule | what it says |\n| --- | --- |\n");
    rules.forEach((rule, says) -> table.append("| " + rule + " | " + says + " |\n"));
    if (System.getProperty(WRITE) != null) {
      Files.writeString(DOCUMENT, table);
    }
    assertEquals(
        table.toString(),
        Files.readString(DOCUMENT),
        "docs/operators.md is out of date; -D" + WRITE + " writes it");
    assertTrue(rules.values().stream().noneMatch(String::isBlank), rules.toString());
  }

  private String rule(String operator) {
    return registry.rule(OpId.of(operator)).orElseThrow().getClass().getSimpleName();
  }

  private static String row(String operator, String newest, String rule, List<OperatorCase> cases) {
    List<String> results = new ArrayList<>();
    if (cases.stream().anyMatch(network -> network.reason() == null)) {
      results.add("free");
    }
    TreeSet<String> reasons = new TreeSet<>();
    cases.stream()
        .filter(network -> network.reason() != null)
        .forEach(network -> reasons.add(Objects.requireNonNull(network.reason())));
    reasons.forEach(reason -> results.add("frozen: " + reason));
    if (rule.equals("FreezingRule") && results.isEmpty()) {
      results.add("frozen");
    }
    String opsets =
        cases.stream()
            .map(OperatorCase::opset)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return "| "
        + String.join(" | ", operator, newest, rule, String.join("; ", results), opsets)
        + " |\n";
  }

  /** The first paragraph of what a rule says of itself, on one line. */
  private static String says(String rule) throws IOException {
    Path file =
        MODULES
            .resolve(Path.of("main", "java", "io", "espalier", "modules", "operators"))
            .resolve(rule + ".java");
    Matcher matcher = JAVADOC.matcher(Files.readString(file));
    assertTrue(matcher.find(), rule);
    return matcher
        .group("text")
        .split("<p>", 2)[0]
        .replaceAll("\\n\\s*\\* ?", " ")
        .replaceAll("\\{@\\w+ ([^}]*)}", "`$1`")
        .replace("|", "\\|")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
