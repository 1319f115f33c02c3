package io.espalier.cli;

import com.google.inject.Module;
import io.espalier.core.data.DataSource;
import io.espalier.core.values.Backend;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.spi.DataCriterion;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OperatorRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * What is in a JAR of a folder of plugins.
 *
 * @param file the JAR
 * @param registered the roles that it registers classes for
 * @param ours the names of its classes that speak of Espalier
 */
record PluginJar(Path file, Set<String> registered, List<String> ours) {
  /** The roles that a class may be registered for. */
  private static final List<Class<?>> ROLES =
      List.of(
          OperatorRule.class,
          DynamicModule.class,
          ImportanceCriterion.class,
          DataCriterion.class,
          BlockWidths.class,
          DataSource.class,
          Backend.class,
          Module.class);

  private static final String SERVICES = "META-INF/services/";
  private static final String CLASS = ".class";
  private static final String OURS = "io.espalier.";

  /**
   * Reads a JAR.
   *
   * @throws EspalierException if it is damaged, holds nothing that could be used, or registers
   *     classes for a role that does not exist
   */
  static PluginJar read(Path file) {
    try (JarFile jar = new JarFile(file.toFile())) {
      List<JarEntry> entries = jar.stream().filter(entry -> !entry.isDirectory()).toList();
      Set<String> registered = new TreeSet<>();
      Set<String> ours = new TreeSet<>();
      boolean empty = true;
      for (JarEntry entry : entries) {
        String name = entry.getName();
        if (name.startsWith(SERVICES)) {
          registered.add(name.substring(SERVICES.length()));
        } else if (name.endsWith(CLASS)) {
          empty = false;
          if (mentions(jar, entry)) {
            ours.add(name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
          }
        }
      }
      if (empty && registered.isEmpty()) {
        throw new EspalierException(
            "the plugin " + file + " contributes nothing: there is no class in it; build it anew");
      }
      PluginJar found = new PluginJar(file, registered, List.copyOf(ours));
      found.requireKnownRoles();
      return found;
    } catch (IOException | SecurityException e) {
      throw new EspalierException(
          "the plugin "
              + file
              + " cannot be read: "
              + e.getMessage()
              + "; build it anew, or take it away",
          e);
    }
  }

  /** Whether a class speaks of one of ours: their names stand in it as they are. */
  private static boolean mentions(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream bytes = jar.getInputStream(entry)) {
      return new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1)
          .contains(OURS.replace('.', '/'));
    }
  }

  private void requireKnownRoles() {
    Set<String> roles = ROLES.stream().map(Class::getName).collect(Collectors.toSet());
    for (String role : registered) {
      if (role.startsWith(OURS) && !roles.contains(role)) {
        throw new EspalierException(
            "the plugin "
                + file
                + " registers classes as "
                + role
                + ", which is no role of a plugin; there are "
                + new TreeSet<>(roles));
      }
    }
  }

  /** Whether a class is registered for a role. */
  boolean isPlugin() {
    return ROLES.stream().anyMatch(role -> registered.contains(role.getName()));
  }

  /**
   * Checks that no class which could be a plugin was forgotten.
   *
   * @param loader finds the classes of all plugins
   * @throws EspalierException if there is one that nobody will find
   */
  void requireRegistered(ClassLoader loader) {
    for (String name : isPlugin() ? List.<String>of() : ours) {
      role(name, loader)
          .ifPresent(
              role -> {
                throw new EspalierException(
                    "the plugin "
                        + file
                        + " contributes nothing: "
                        + name
                        + " implements "
                        + role.getSimpleName()
                        + ", but no file in META-INF/services says so; annotate it with"
                        + " @AutoService, and let its processor run in the build");
              });
    }
  }

  /** The role that a class could play. */
  private static Optional<Class<?>> role(String name, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(name, false, loader);
      return type.isInterface() || Modifier.isAbstract(type.getModifiers())
          ? Optional.empty()
          : ROLES.stream().filter(role -> role.isAssignableFrom(type)).findFirst();
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty(); // it needs what is not here, so it is no use anyway
    }
  }
}
