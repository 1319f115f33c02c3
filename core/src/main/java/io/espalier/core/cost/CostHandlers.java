package io.espalier.core.cost;

import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The costs that are known, by key. Immutable. */
public final class CostHandlers {
  private final Map<String, CostHandler> byKey = new TreeMap<>();

  private CostHandlers(Iterable<CostHandler> handlers) {
    for (CostHandler handler : handlers) {
      CostHandler other = byKey.putIfAbsent(handler.key(), handler);
      if (other != null) {
        throw new EspalierException(
            "two costs are called \""
                + handler.key()
                + "\": "
                + origin(other)
                + " and "
                + origin(handler)
                + "; take one of them away");
      }
    }
  }

  private static String origin(CostHandler handler) {
    var source = handler.getClass().getProtectionDomain().getCodeSource();
    return handler.getClass().getName() + (source == null ? "" : " in " + source.getLocation());
  }

  /**
   * The costs on a class path.
   *
   * @throws EspalierException if one cannot be loaded, or two have one key
   */
  public static CostHandlers discover(ClassLoader loader) {
    try {
      return new CostHandlers(ServiceLoader.load(CostHandler.class, loader));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new EspalierException(
          "a cost cannot be loaded: "
              + e.getMessage()
              + "; put what it needs beside its JAR, or take that away",
          e);
    }
  }

  /** The costs that come with Espalier. */
  public static CostHandlers builtIn() {
    return of(List.of(new ActivationsCost(), new BytesCost(), new MacsCost(), new ParamsCost()));
  }

  /**
   * Some costs.
   *
   * @throws EspalierException if two have one key
   */
  public static CostHandlers of(Collection<? extends CostHandler> handlers) {
    return new CostHandlers(List.copyOf(handlers));
  }

  /** All of them, by key. */
  public Map<String, CostHandler> all() {
    return Collections.unmodifiableMap(byKey);
  }

  /** The cost of a key; an error names those that are near. */
  public CostHandler get(String key) {
    CostHandler handler = byKey.get(key);
    if (handler == null) {
      throw new EspalierException(
          "there is no cost \"" + key + "\"" + Names.hint(key, "costs", byKey.keySet()));
    }
    return handler;
  }
}
