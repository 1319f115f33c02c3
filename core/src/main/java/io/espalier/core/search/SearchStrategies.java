package io.espalier.core.search;

import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The strategies that are known, by key. Immutable. */
public final class SearchStrategies {
  private final Map<String, SearchStrategy> byKey = new TreeMap<>();

  private SearchStrategies(Iterable<SearchStrategy> strategies) {
    for (SearchStrategy strategy : strategies) {
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

  /** All of them, by key. */
  public Map<String, SearchStrategy> all() {
    return Collections.unmodifiableMap(byKey);
  }

  /** The strategy of a key; an error names those that there are. */
  public SearchStrategy get(String key) {
    SearchStrategy strategy = byKey.get(key);
    if (strategy == null) {
      throw new EspalierException(
          "there is no strategy \"" + key + "\"" + Names.hint(key, "strategies", byKey.keySet()));
    }
    return strategy;
  }
}
