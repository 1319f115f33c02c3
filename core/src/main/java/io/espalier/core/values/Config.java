package io.espalier.core.values;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One sub-network: a choice for each hparam, by name, in graph order. Immutable. */
public final class Config {
  private final Supplier<Map<String, Choice>> source;
  private final @Nullable BiFunction<String, Choice, Config> change;
  private volatile @Nullable Map<String, Choice> choices;

  private Config(
      Supplier<Map<String, Choice>> source, @Nullable BiFunction<String, Choice, Config> change) {
    this.source = source;
    this.change = change;
  }

  /** A config of these choices. */
  public static Config of(Map<String, Choice> choices) {
    Map<String, Choice> copy = new LinkedHashMap<>(choices);
    return new Config(() -> copy, null);
  }

  /**
   * A config whose choices are put into words when they are first asked for.
   *
   * @param change makes the config with another choice for an hparam
   */
  public static Config lazy(
      Supplier<Map<String, Choice>> source, BiFunction<String, Choice, Config> change) {
    return new Config(source, change);
  }

  /**
   * Reads a config from JSON: an object of numbers and lists of numbers.
   *
   * @throws EspalierException if the text is something else
   */
  public static Config parse(String json) {
    return ConfigJson.parse(json, "the config");
  }

  /**
   * Reads a config from a JSON file.
   *
   * @throws EspalierException if the file cannot be read or is something else
   */
  public static Config read(Path file) {
    return ConfigJson.parse(Json.text(file, "config"), "config " + file);
  }

  /** The choices by hparam name. */
  public Map<String, Choice> choices() {
    Map<String, Choice> known = choices;
    if (known == null) {
      known = Collections.unmodifiableMap(source.get());
      choices = known;
    }
    return known;
  }

  /**
   * This config with another choice for one hparam. A config that a search space gave takes any
   * name of the hparam, and changes with it what else the choice is called; one that was read or
   * put together changes this entry alone.
   *
   * @throws EspalierException if the search space has no such hparam, or it cannot be so
   */
  public Config with(String name, Choice choice) {
    if (change != null) {
      return change.apply(name, choice);
    }
    Map<String, Choice> changed = new LinkedHashMap<>(choices());
    changed.put(name, choice);
    return of(changed);
  }

  /** This config as JSON. */
  public String toJson() {
    return ConfigJson.print(this);
  }

  /**
   * Writes this config to a JSON file, whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    WholeFile.write(file, toJson());
  }

  /**
   * Writes this config to a JSON file that appears together with others.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file, StagedFiles files) throws IOException {
    files.write(file, out -> out.write(toJson().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Config config && choices().equals(config.choices());
  }

  @Override
  public int hashCode() {
    return choices().hashCode();
  }

  @Override
  public String toString() {
    return choices().toString();
  }
}
