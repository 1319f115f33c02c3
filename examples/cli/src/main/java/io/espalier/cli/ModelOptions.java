package io.espalier.cli;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.InputSpec;
import io.espalier.core.moments.DataModel;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Criteria;
import io.espalier.core.values.Precision;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.runtime.DataInputs;
import io.espalier.onnx.runtime.InputValue;
import io.espalier.spi.EspalierException;
import io.espalier.trace.TrialSizes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that opens a model. */
final class ModelOptions {
  @Option(
      names = "--input",
      paramLabel = "NAME=2x3x64x64",
      description =
          "Trial sizes for open dimensions; with --block the shape, as in 1x3x64x64 or"
              + " 1x128:int64. Or what the input is in a run: NAME=value:16000, NAME=@file.npy.")
  private Map<String, String> inputs = new LinkedHashMap<>();

  @Option(
      names = "--rules",
      paramLabel = "R.json",
      description = "Which layers may change, and how; everything if not given.")
  private @Nullable Path rules;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of JARs with operator rules, dynamic modules, backends or blocks.")
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

  private @Nullable ClassLoader loader;
  private boolean withData;

  boolean quiet() {
    return quiet;
  }

  /** Says that units may be ranked by data. */
  void useData() {
    withData = true;
  }

  /** The criterion that was asked for; null if none was. */
  @Nullable String importance() {
    return importance;
  }

  /** The criteria that were asked for, where there are several; else none. */
  List<String> severalCriteria() {
    return importance != null && importance.contains(",")
        ? List.of(importance.split(",", -1))
        : List.of();
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
    words()
        .forEach(
            (name, words) -> {
              if (words.hasShape()) {
                shapes.put(name, words.shape());
              }
            });
    return shapes;
  }

  /**
   * All that was said of inputs.
   *
   * @throws EspalierException if it is neither sizes nor values
   */
  GivenInputs given() {
    Map<String, InputValue> values = new LinkedHashMap<>();
    words().forEach((name, words) -> words.value().ifPresent(value -> values.put(name, value)));
    return new GivenInputs(shapes(), values);
  }

  /** What to run with: what was given, else shapes that were found where the usual do not run. */
  GivenInputs given(SearchSpace space) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    space.map().ifPresent(map -> shapes.putAll(map.foundShapes()));
    GivenInputs given = given();
    shapes.putAll(given.shapes());
    return new GivenInputs(shapes, given.values());
  }

  /** What data have to give the model. */
  List<InputSpec> inputs(SearchSpace space) {
    if (space.model() instanceof OnnxNetwork network) {
      return DataInputs.of(network.model(), given(space).shapes());
    }
    if (space.model() instanceof DataModel model) {
      return model.inputs();
    }
    throw new EspalierException(
        space.model().description() + " cannot be run on data by its backend; leave --data out");
  }

  private Map<String, InputWords> words() {
    Map<String, InputWords> words = new LinkedHashMap<>();
    inputs.forEach((name, text) -> words.put(name, InputWords.parse(name, text)));
    return words;
  }

  /**
   * The search space of a model file under the given rules.
   *
   * @throws EspalierException and others of its kind if anything given cannot be used
   */
  SearchSpace generate(Path model) {
    return generate(model, null);
  }

  /**
   * As {@link #generate(Path)}.
   *
   * @param precision what weights are written as; null for what they are
   */
  SearchSpace generate(Path model, @Nullable Precision precision) {
    if (plugins != null) {
      loader(); // a JAR that contributes nothing is named first
      Plugins.requireAny(plugins);
    }
    Rules given = rules();
    for (Map.Entry<String, InputWords> input : words().entrySet()) {
      if (!input.getValue().type().isEmpty() && input.getValue().value().isEmpty()) {
        throw new EspalierException(
            "--input "
                + input.getKey()
                + " gives a type, but the model says the types of its inputs; leave it out");
      }
    }
    Map<String, List<Long>> shapes = shapes();
    TrialSizes sizes = shapes.isEmpty() ? TrialSizes.automatic() : TrialSizes.of(shapes);
    return withPlugins(
        () -> {
          SearchSpaces spaces = spaces();
          TracedModel opened = spaces.open(model);
          return spaces.generate(
              precision == null ? opened : opened.writtenAs(precision), given, sizes);
        });
  }

  /** The search space of a model that is open under the given rules. */
  SearchSpace generate(TracedModel model) {
    Rules given = rules();
    return withPlugins(() -> spaces().generate(model, given));
  }

  /**
   * Makes and traces a block.
   *
   * @param params a file of parameters, if there is one
   */
  TracedModel openBlock(String block, @Nullable Path params) {
    Map<String, InputWords> words = words();
    words.forEach(
        (name, given) -> {
          if (!given.hasShape()) {
            throw new EspalierException(
                "--input "
                    + name
                    + " gives a number, but a block has to be told the shape; give an array"
                    + " instead, as in "
                    + name
                    + "=@file.npy");
          }
        });
    return withPlugins(() -> BlockSource.open(block, params, words, loader()));
  }

  private <T> T withPlugins(Supplier<T> work) {
    try {
      return work.get();
    } catch (LinkageError | ServiceConfigurationError e) {
      if (plugins == null) {
        throw e;
      }
      throw new EspalierException(
          "a plugin in " + plugins + " cannot be loaded: " + e + "; build it for this version", e);
    }
  }

  /** Finds what is on the class path and in the plugins. */
  ClassLoader loader() {
    if (loader == null) {
      loader = plugins == null ? ModelOptions.class.getClassLoader() : Plugins.loader(plugins);
    }
    return loader;
  }

  private SearchSpaces spaces() {
    // a backend may join by its Guice module alone; ours are found without, in half the time
    SearchSpaces spaces =
        plugins == null
            ? SearchSpaces.discover(loader())
            : Guice.createInjector(new EspalierModule(loader())).getInstance(SearchSpaces.class);
    if (importance != null && Criteria.ofData(spaces.registry()).contains(importance)) {
      if (!withData) {
        throw new EspalierException(
            "the criterion \""
                + importance
                + "\" ranks units by data; give --data to prune, or rank by one of "
                + new TreeSet<>(spaces.registry().criteria().keySet()));
      }
    } else if (importance != null && severalCriteria().isEmpty()) {
      spaces = spaces.rankedBy(importance);
    }
    return strict ? spaces.strict() : spaces;
  }
}
