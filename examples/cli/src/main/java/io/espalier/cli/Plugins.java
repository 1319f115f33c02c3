package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.StreamSupport;

/** A folder of plugin JARs. */
final class Plugins {
  private Plugins() {}

  /**
   * A loader that finds what is in the JARs of a folder, besides everything on the class path.
   *
   * @throws EspalierException if there is no such folder, no JAR in it, or one that is damaged
   */
  static ClassLoader loader(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new EspalierException(
          "there is no folder " + folder + " to load plugins from; name a folder of JARs");
    }
    List<URL> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      // by name: file systems list them in orders of their own
      for (Path jar : new TreeSet<>(StreamSupport.stream(files.spliterator(), false).toList())) {
        new JarFile(jar.toFile()).close();
        jars.add(jar.toUri().toURL());
      }
    } catch (IOException e) {
      throw new EspalierException(
          "the plugins in " + folder + " cannot be read: " + e.getMessage() + "; check its JARs",
          e);
    }
    if (jars.isEmpty()) {
      throw new EspalierException("there is no JAR in the folder of plugins " + folder);
    }
    return new URLClassLoader(jars.toArray(URL[]::new), Plugins.class.getClassLoader());
  }
}
