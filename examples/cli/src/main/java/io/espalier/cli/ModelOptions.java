package io.espalier.cli;

import com.google.inject.Guice;
import io.espalier.core.EspalierException;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.trace.TrialSizes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that opens a model. */
final class ModelOptions {
  @Option(
      names = "--input",
      paramLabel = "NAME=2x3x64x64",
      description = "Trial sizes for an input that leaves dimensions open.")
  private Map<String, String> inputs = new LinkedHashMap<>();

  @Option(
      names = "--rules",
      paramLabel = "R.json",
      description = "Which layers may change, and how; everything if not given.")
  private @Nullable Path rules;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of JARs with operator rules, dynamic modules or backends.")
  private @Nullable Path plugins;

  @Option(
      names = "--strict",
      description = "A plugin that throws is an error; else the layer it throws on is frozen.")
  private boolean strict;

  @Option(
      names = "--importance",
      paramLabel = "KEY",
      description = "The criterion that units are ranked by (default: l2).")
  private @Nullable String importance;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but what was asked for.")
  private boolean quiet;

  boolean quiet() {
    return quiet;
  }

  /** The rules; they open everything if none were given. */
  Rules rules() {
    return rules == null ? Rules.everything() : Rules.read(rules);
  }

  /**
   * The given sizes, by the name of the input.
   *
   * @throws EspalierException if they are no sizes
   */
  Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    inputs.forEach((name, text) -> shapes.put(name, shape(name, text)));
    return shapes;
  }

  private static List<Long> shape(String name, String text) {
    if (!text.matches("[1-9][0-9]{0,8}(x[1-9][0-9]{0,8})*")) {
      throw new EspalierException(
          "--input "
              + name
              + "="
              + text
              + " gives no shape; write sizes of at least 1 with an x between them, as in 2x3x64x64");
    }
    return Arrays.stream(text.split("x", -1)).map(Long::valueOf).toList();
  }

  /**
   * The search space of a model under the given rules.
   *
   * @throws EspalierException and others of its kind if anything given cannot be used
   */
  SearchSpace generate(Path model) {
    Rules given = rules();
    Map<String, List<Long>> shapes = shapes();
    TrialSizes sizes = shapes.isEmpty() ? TrialSizes.automatic() : TrialSizes.of(shapes);
    try {
      return spaces().generate(model, given, sizes);
    } catch (LinkageError | ServiceConfigurationError e) {
      if (plugins == null) {
        throw e;
      }
      throw new EspalierException(
          "a plugin in " + plugins + " cannot be loaded: " + e + "; build it for this version", e);
    }
  }

  private SearchSpaces spaces() {
    ClassLoader loader =
        plugins == null ? ModelOptions.class.getClassLoader() : Plugins.loader(plugins);
    SearchSpaces spaces =
        Guice.createInjector(new EspalierModule(loader)).getInstance(SearchSpaces.class);
    if (importance != null) {
      spaces = spaces.rankedBy(importance);
    }
    return strict ? spaces.strict() : spaces;
  }
}
