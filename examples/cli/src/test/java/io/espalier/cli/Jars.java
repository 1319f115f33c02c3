package io.espalier.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Makes JARs of classes of the tests. */
final class Jars {
  private Jars() {}

  /**
   * A JAR of some classes and those nested in them by a plain name.
   *
   * @param services for each service the class that provides it
   */
  static Path jar(Path file, Map<Class<?>, Class<?>> services, List<String> classes)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      for (String name : classes) {
        String path = name.replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(path));
        try (InputStream bytes = Jars.class.getClassLoader().getResourceAsStream(path)) {
          Objects.requireNonNull(bytes, path).transferTo(jar);
        }
      }
      for (Map.Entry<Class<?>, Class<?>> service : services.entrySet()) {
        jar.putNextEntry(new JarEntry("META-INF/services/" + service.getKey().getName()));
        jar.write(service.getValue().getName().getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }
}
