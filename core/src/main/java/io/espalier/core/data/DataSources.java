package io.espalier.core.data;

import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import io.espalier.spi.PluginException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** The sources of data that are known. Immutable. */
public final class DataSources {
  private final List<DataSource> sources;
  private final List<DataOption> options;

  private DataSources(List<DataSource> sources) {
    this.sources = List.copyOf(sources);
    this.options = options(this.sources);
  }

  /**
   * The sources on a class path.
   *
   * @throws DataException if one cannot be loaded, or two declare one option differently
   */
  public static DataSources discover(ClassLoader loader) {
    List<DataSource> found = new ArrayList<>();
    try {
      ServiceLoader.load(DataSource.class, loader).forEach(found::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new DataException(
          "a source of data cannot be loaded: "
              + e.getMessage()
              + (e.getCause() == null ? "" : ": " + e.getCause())
              + "; put what it needs beside its JAR, or take that away",
          e);
    }
    return new DataSources(found);
  }

  /** Some sources. */
  public static DataSources of(List<DataSource> sources) {
    return new DataSources(sources);
  }

  /** Whatever any of them may be told, in the order of the names. */
  public List<DataOption> options() {
    return options;
  }

  private static List<DataOption> options(List<DataSource> sources) {
    Map<String, DataOption> options = new LinkedHashMap<>();
    Map<String, DataSource> owners = new LinkedHashMap<>();
    for (DataSource source : sources) {
      List<DataOption> declared = ask(source, "its options", source::options);
      for (DataOption option : declared) {
        DataOption other = options.putIfAbsent(option.name(), option);
        if (other != null && !other.equals(option)) {
          throw new DataException(
              "option --"
                  + option.name()
                  + " is declared differently by "
                  + origin(Objects.requireNonNull(owners.get(option.name())))
                  + " and by "
                  + origin(source)
                  + "; take one of them away");
        }
        owners.putIfAbsent(option.name(), source);
      }
    }
    return options.values().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  /**
   * Opens data with the source that knows them.
   *
   * @return data of which every batch is checked: it has an array for each input, of its type and
   *     shape, without NaN or infinite numbers
   * @throws DataException if they cannot be used, or no source knows them
   */
  public Samples open(DataRequest request) {
    requireSamples(request.inputs());
    DataSource source = source(request.location());
    List<String> known = source.options().stream().map(DataOption::name).toList();
    for (String option : request.options().keySet()) {
      if (!known.contains(option)) {
        throw new DataException(
            "--"
                + option
                + " says nothing of "
                + request.location()
                + ", which is read as "
                + source.reads()
                + "; leave it out"
                + (known.isEmpty() ? "" : Names.listing("it may have", known)));
      }
    }
    Supplier<Samples> open = () -> source.open(request);
    Samples samples = ask(source, request.location(), open);
    if (samples.count() < 1) {
      throw new DataException(request.location() + " holds no samples; give some");
    }
    return new CheckedSamples(source, samples, request);
  }

  private static void requireSamples(List<InputSpec> inputs) {
    if (inputs.isEmpty()) {
      throw new DataException("the model has no inputs, so that there is nothing to read data for");
    }
    for (InputSpec input : inputs) {
      if (input.shape().isEmpty()) {
        throw new DataException(
            "input "
                + input
                + " is a single number, of which no sample can hold its own; give its value by"
                + " --input "
                + input.name()
                + "=value:1");
      }
    }
  }

  private DataSource source(String location) {
    List<DataSource> able =
        sources.stream()
            .filter(source -> ask(source, location, () -> source.accepts(location)))
            .toList();
    if (able.size() > 1) {
      throw new DataException(
          location
              + " is read by "
              + origin(able.get(0))
              + " and by "
              + origin(able.get(1))
              + "; take one of them away");
    }
    if (able.isEmpty()) {
      List<String> known = sources.stream().map(DataSource::reads).sorted().toList();
      throw new DataException(
          (exists(location)
                  ? location + " is of no format that is known"
                  : "there are no data at " + location)
              + "; give "
              + String.join(", ", known));
    }
    return able.get(0);
  }

  private static boolean exists(String location) {
    try {
      return Files.exists(Path.of(location));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** {@code com.acme.TextSource in /plugins/text.jar}. */
  private static String origin(Object source) {
    CodeSource place = source.getClass().getProtectionDomain().getCodeSource();
    return source.getClass().getName()
        + (place == null || place.getLocation() == null
            ? ""
            : " in " + place.getLocation().getPath());
  }

  /** Asks a source something: what it says of the data passes, anything else names the source. */
  static <T> T ask(DataSource source, String on, Supplier<T> question) {
    List<EspalierException> refusals = new ArrayList<>();
    List<T> answers = new ArrayList<>();
    PluginException.ask(
        source,
        () -> on,
        () -> {
          try {
            answers.add(question.get());
          } catch (EspalierException e) {
            refusals.add(e);
          }
          return true;
        });
    if (!refusals.isEmpty()) {
      throw refusals.get(0);
    }
    return answers.get(0);
  }
}
