package io.espalier.core.search;

import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The strategies that are known, by key. Immutable. */
public final class SearchStrategies {
  /**
   * The name of the usual search, which proposes nothing by itself: curves of errors, refined step
   * by step.
   */
  public static final String CURVES = "curves";

  private final Map<String, SearchStrategy> byKey = new TreeMap<>();

  private SearchStrategies(Iterable<SearchStrategy> strategies) {
    for (SearchStrategy strategy : strategies) {
      if (strategy.key().equals(CURVES)) {
        throw new EspalierException(
            "strategy "
                + strategy.getClass().getName()
                + " is called \""
                + CURVES
                + "\", as the usual search is; give it another key, or take its JAR away");
      }
      SearchStrategy other = byKey.putIfAbsent(strategy.key(), strategy);
      if (other != null) {
        throw new EspalierException(
            "two strategies are called \""
                + strategy.key()
                + "\": "
                + other.getClass().getName()
                + " and "
                + strategy.getClass().getName()
                + "; take the JAR of one of them away");
      }
    }
  }

  /**
   * The strategies on a class path.
   *
   * @throws EspalierException if one cannot be loaded, or two have one key
   */
  public static SearchStrategies discover(ClassLoader loader) {
    try {
      return new SearchStrategies(ServiceLoader.load(SearchStrategy.class, loader));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new EspalierException(
          "a strategy cannot be loaded: "
              + e.getMessage()
              + "; put what it needs beside its JAR, or take that away",
          e);
    }
  }

  /** All of them, by key; not the usual search. */
  public Map<String, SearchStrategy> all() {
    return Collections.unmodifiableMap(byKey);
  }

  /** What a search can be asked for by: the keys of all of them, and {@link #CURVES}. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(byKey.keySet());
    names.add(CURVES);
    return Collections.unmodifiableSet(names);
  }

  /**
   * The strategy of a name; empty for the usual search.
   *
   * @throws EspalierException that lists all names, if there is none of this
   */
  public Optional<SearchStrategy> find(String name) {
    SearchStrategy strategy = byKey.get(name);
    if (strategy == null && !name.equals(CURVES)) {
      throw new EspalierException(
          "there is no strategy " + Names.quote(name) + Names.hint(name, "strategies", names()));
    }
    return Optional.ofNullable(strategy);
  }

  /**
   * The strategy of a key.
   *
   * @throws EspalierException that lists all names, if there is none, or it is the usual search
   */
  public SearchStrategy get(String key) {
    return find(key)
        .orElseThrow(
            () ->
                new EspalierException(
                    Names.quote(CURVES)
                        + " is the usual search, which no strategy makes; leave the strategy out"
                        + Names.listing("strategies", byKey.keySet())));
  }
}
