package io.espalier.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the plugins on a class path, and refuses those that cannot work before any of them runs.
 */
final class Discovery {
  private static final String SERVICES = "META-INF/services/";

  private final ClassLoader loader;
  private final Set<String> checked = new HashSet<>();

  Discovery(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * One instance of every class that is registered for a role.
   *
   * @throws RegistryException if one cannot be loaded, was built for another version of the SPI, or
   *     is registered by two JARs
   */
  <T> List<T> load(Class<T> role) {
    Map<String, String> places = checkedFiles(role);
    List<T> found = new ArrayList<>();
    Recorder recorder = new Recorder(loader);
    try {
      for (T entry : ServiceLoader.load(role, recorder)) {
        found.add(entry);
      }
    } catch (ServiceConfigurationError e) {
      String thrown = String.valueOf(e.getMessage()).replace(role.getName() + ": ", "");
      throw refusal(recorder.last, places, thrown + cause(e.getCause()), e);
    } catch (LinkageError e) {
      throw refusal(recorder.last, places, e.toString(), e);
    }
    return found;
  }

  private static RegistryException refusal(
      String name, Map<String, String> places, String thrown, Throwable error) {
    String place = places.get(name);
    return new RegistryException(
        "a plugin cannot be loaded: "
            + (place == null ? "" : name + " in " + place + ": ")
            + thrown
            + "; "
            + remedy(thrown, error),
        error);
  }

  private static String remedy(String thrown, Throwable error) {
    if (Origin.isOurs(thrown)) {
      return "build it against version " + DMRegistry.SPI_VERSION + " of the plugin SPI";
    }
    return error instanceof NoClassDefFoundError || error.getCause() instanceof NoClassDefFoundError
        ? "put what it needs on the class path, in the version it was built with"
        : "mend it, or take its JAR away";
  }

  private static String cause(@Nullable Throwable thrown) {
    if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
      return cause(thrown.getCause());
    }
    return thrown == null ? "" : ": " + thrown;
  }

  /** The place of each class that is registered for a role. */
  private Map<String, String> checkedFiles(Class<?> role) {
    Map<String, String> places = new TreeMap<>();
    try {
      // One place may be found twice, by a loader and by its parent.
      Set<String> files = new LinkedHashSet<>();
      for (URL file : Collections.list(loader.getResources(SERVICES + role.getName()))) {
        if (files.add(file.toExternalForm())) {
          checkVersion(file);
          for (String name : classes(file)) {
            String place = place(file);
            String before = places.putIfAbsent(name, place);
            if (before != null) {
              throw new RegistryException(
                  name
                      + " is on the class path twice, in "
                      + before
                      + " and in "
                      + place
                      + "; remove one of them");
            }
          }
        }
      }
    } catch (IOException e) {
      throw new RegistryException("the plugins on the class path cannot be read: " + e, e);
    }
    return places;
  }

  private static String root(URL file) {
    String text = file.toExternalForm();
    return text.substring(0, text.lastIndexOf(SERVICES));
  }

  private static String place(URL file) throws IOException {
    return Origin.path(new URL(root(file)));
  }

  /** Before a class is loaded: one that does not fit fails anywhere, and in words of the JVM. */
  private void checkVersion(URL file) throws IOException {
    if (!checked.add(root(file))) {
      return;
    }
    String ours = Integer.toString(DMRegistry.SPI_VERSION);
    String stated = Origin.stated(root(file)).orElse(ours);
    if (!stated.equals(ours)) {
      throw new RegistryException(
          "the plugin "
              + place(file)
              + " ("
              + String.join(", ", classes(file))
              + ") was built for version "
              + stated
              + " of the plugin SPI, and this is version "
              + ours
              + "; build it against this version, or take its JAR away");
    }
  }

  /** The classes that a service file lists. */
  private static Set<String> classes(URL file) throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false);
    Set<String> names = new LinkedHashSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int comment = line.indexOf('#');
        String name = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (!name.isEmpty()) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** Remembers the class that was asked for last: where one cannot be linked, no error names it. */
  private static final class Recorder extends ClassLoader {
    private String last = "";

    Recorder(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      last = name;
      return super.loadClass(name, resolve);
    }
  }
}
