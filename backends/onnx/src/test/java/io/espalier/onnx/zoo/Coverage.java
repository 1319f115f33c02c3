package io.espalier.onnx.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.FrozenAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/**
 * The table docs/coverage.md: what is found in each file of the zoo, and how exact its cuts are.
 * Errors are rounded up and not compared, since they depend on the machine.
 */
final class Coverage {
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "coverage.md");
  private static final String WRITE = "espalier.write-docs";

  /** Keys of what owns no parameters. */
  private static final Set<String> NO_LAYERS =
      Set.of("nn.Sequential", "blocks", "nn.MultiheadAttention");

  private static final int MOST_REASONS = 3;
  private static final String HEAD =
      """
      # Coverage

      What is found in the networks of the zoo, without rules, and how exact their cuts are. A test writes this table
      (`mvn verify -pl backends/onnx -Dtest=ZooTest -Despalier.write-docs`) and fails where it is out of date.

      - *layers*: how many can change, of all that own parameters.
      - *widths*: the free symbols; every width of a layer is made of them.
      - *depths*: chains that can lose blocks, and the blocks they can lose.
      - *frozen*: widths that may not change, by reason.
      - *worst error*: of the carved network against the masked reference, relative to the largest output, over the
        narrowest network and 20 random ones.

      | file | layers | widths | depths | frozen | worst error |
      | --- | --- | --- | --- | --- | --- |
      """;

  private final Map<String, String> rows = new ConcurrentSkipListMap<>();
  private final Map<String, String> errors = new ConcurrentSkipListMap<>();

  /** Adds what was found in one file, and the worst error of its cuts. */
  void add(String file, SearchSpace space, double worst) {
    List<String> cells =
        List.of(file, layers(space), widths(space) + "", depths(space), frozen(space));
    rows.put(file, "| " + String.join(" | ", cells) + " |");
    errors.put(file, worst < 1e-6 ? "< 1e-6" : worst < 1e-5 ? "< 1e-5" : "< 5e-3");
  }

  private static String layers(SearchSpace space) {
    Set<String> layers = new TreeSet<>();
    space
        .namedDynamicModules()
        .forEach(
            (name, module) -> {
              if (!NO_LAYERS.contains(module.key())) {
                layers.add(name);
              }
            });
    Set<String> searchable = new TreeSet<>();
    for (Hparam hparam : space.namedHparams().values()) {
      if (isWidth(hparam) && (hparam.isDerived() || hparam.isConfigurable())) {
        searchable.add(hparam.name().substring(0, hparam.name().lastIndexOf('.')));
      }
    }
    searchable.retainAll(layers);
    return searchable.size() + " of " + layers.size();
  }

  private static boolean isWidth(Hparam hparam) {
    return !hparam.original().sizes() && !hparam.name().endsWith(".depth");
  }

  /** How many widths can be set. */
  static long widths(SearchSpace space) {
    return space.configurableHparams().values().stream().filter(Coverage::isWidth).count();
  }

  private static String depths(SearchSpace space) {
    List<Hparam> depths =
        space.configurableHparams().values().stream()
            .filter(hparam -> hparam.name().endsWith(".depth"))
            .toList();
    int blocks = depths.stream().mapToInt(depth -> depth.choices().size() - 1).sum();
    return depths.isEmpty() ? "none" : depths.size() + " (" + blocks + ")";
  }

  private static String frozen(SearchSpace space) {
    Map<String, Integer> reasons = new LinkedHashMap<>();
    space.frozen().forEach(axis -> reasons.merge(reason(axis), 1, Integer::sum));
    String text =
        reasons.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_REASONS)
            .map(entry -> entry.getValue() + ": " + entry.getKey())
            .collect(Collectors.joining("; "));
    int rest = reasons.size() - MOST_REASONS;
    return rest > 0 ? text + "; " + rest + " more reasons" : text;
  }

  /** Without names and advice. */
  private static String reason(FrozenAxis axis) {
    return axis.reason().replaceAll("; .*", "").replaceAll(" '[^']*'", "");
  }

  /** Writes the table if asked to; otherwise checks that it is what it was, but for errors. */
  void check() throws IOException {
    StringBuilder table = new StringBuilder();
    rows.forEach((file, row) -> table.append(row + " " + errors.get(file) + " |\n"));
    if (System.getProperty(WRITE) != null) {
      Files.writeString(DOCUMENT, HEAD + table);
      return;
    }
    List<String> found = (HEAD + table).lines().map(Coverage::withoutError).toList();
    List<String> written =
        Files.readAllLines(DOCUMENT).stream().map(Coverage::withoutError).toList();
    assertEquals(found, written, "docs/coverage.md is out of date; -D" + WRITE + " writes it");
  }

  private static String withoutError(String line) {
    return line.replaceAll("\\| < [0-9e-]+ \\|$", "|");
  }
}
