package io.espalier.core;

import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** What a class path offers, with an error in words where that cannot be loaded. */
final class Services {
  private Services() {}

  /**
   * One instance of every class that is registered for a role.
   *
   * @throws EspalierException if one cannot be loaded
   */
  static <T> List<T> load(Class<T> role, ClassLoader loader) {
    List<T> found = new ArrayList<>();
    try {
      ServiceLoader.load(role, loader).forEach(found::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new EspalierException(
          "the class path names a "
              + role.getName()
              + " that cannot be loaded ("
              + e.getMessage()
              + (e.getCause() == null ? "" : ": " + e.getCause())
              + "); put what it needs beside its JAR, or take that away",
          e);
    }
    return found;
  }
}
