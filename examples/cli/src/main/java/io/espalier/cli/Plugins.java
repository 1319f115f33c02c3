package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** A folder of plugin JARs. */
final class Plugins {
  private final Path folder;
  private final List<PluginJar> jars;

  private Plugins(Path folder, List<PluginJar> jars) {
    this.folder = folder;
    this.jars = jars;
  }

  /**
   * A loader that finds what is in the JARs of a folder, besides everything on the class path.
   *
   * @throws EspalierException if there is no such folder, no JAR in it, or one that is damaged or
   *     contributes nothing
   */
  static ClassLoader loader(Path folder) {
    return read(folder).loader();
  }

  /**
   * Checks that a folder holds a plugin; where a block is wanted, its class alone is enough.
   *
   * @throws EspalierException if no JAR in it registers one
   */
  static void requireAny(Path folder) {
    List<PluginJar> jars = read(folder).jars;
    if (jars.stream().noneMatch(PluginJar::isPlugin)) {
      throw new EspalierException(
          "no JAR in the folder of plugins "
              + folder
              + " registers a plugin: "
              + jars.stream().map(jar -> jar.file().getFileName().toString()).toList()
              + " hold classes alone; register those that are plugins in META-INF/services, as"
              + " @AutoService does");
    }
  }

  private static Plugins read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new EspalierException(
          "there is no folder " + folder + " to load plugins from; name a folder of JARs");
    }
    List<PluginJar> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      // by name: file systems list them in orders of their own
      for (Path jar : new TreeSet<>(StreamSupport.stream(files.spliterator(), false).toList())) {
        jars.add(PluginJar.read(jar));
      }
    } catch (IOException e) {
      throw new EspalierException(
          "the plugins in " + folder + " cannot be read: " + e.getMessage() + "; check its JARs",
          e);
    }
    if (jars.isEmpty()) {
      throw new EspalierException("there is no JAR in the folder of plugins " + folder);
    }
    return new Plugins(folder, jars);
  }

  private ClassLoader loader() {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = jars.get(i).file().toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(folder + " has no URL", e);
      }
    }
    ClassLoader loader = new URLClassLoader(urls, Plugins.class.getClassLoader());
    jars.forEach(jar -> jar.requireRegistered(loader));
    return loader;
  }
}
