package io.espalier.spi;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.security.CodeSource;
import java.util.Optional;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Where a plugin comes from: its JAR or folder, and the version of the SPI that this states. */
final class Origin {
  private static final String IN_JAR = "!/";

  private Origin() {}

  /** {@code com.acme.GatedLinear in /plugins/gated.jar}. */
  static String describe(Object plugin) {
    return describe(plugin.getClass());
  }

  private static String describe(Class<?> plugin) {
    URL place = place(plugin);
    return plugin.getName() + (place == null ? "" : " in " + path(place));
  }

  private static @Nullable URL place(Class<?> plugin) {
    CodeSource source = plugin.getProtectionDomain().getCodeSource();
    return source == null ? null : source.getLocation();
  }

  /** A JAR or folder as a path, without what a URL adds. */
  static String path(URL place) {
    String text = place.toExternalForm();
    int end = text.indexOf(IN_JAR);
    String plain = text.startsWith("jar:") && end > 0 ? text.substring(4, end) : text;
    try {
      String path = new URI(plain).getPath();
      return path == null ? plain : path;
    } catch (URISyntaxException e) {
      return plain;
    }
  }

  /** Says that a plugin's classes do not fit ours, and what is known of the versions. */
  static String misfit(Class<?> plugin) {
    URL place = place(plugin);
    String built =
        (place == null ? Optional.<String>empty() : stated(root(place)))
            .map(version -> "its JAR was built for version " + version)
            .orElse("its JAR does not say for which version it was built");
    return "it does not fit version "
        + DMRegistry.SPI_VERSION
        + " of the plugin SPI ("
        + built
        + "); build it against this version";
  }

  /** Whether what was thrown speaks of a class of the SPI. */
  static boolean isOurs(String thrown) {
    String ours = Origin.class.getPackageName();
    return thrown.contains(ours + ".") || thrown.contains(ours.replace('.', '/') + "/");
  }

  /** Says what a plugin lacks that is no part of the SPI. */
  static String missing(Throwable thrown) {
    return thrown instanceof NoClassDefFoundError
        ? "a class that it needs is not on the class path; put the JAR there that has it"
        : "what it needs is on the class path in another version than it was built with";
  }

  private static String root(URL place) {
    String text = place.toExternalForm();
    return text.endsWith("/") ? text : "jar:" + text + IN_JAR;
  }

  /**
   * The version of the SPI that a JAR or folder states in its manifest.
   *
   * @param root the beginning of the URLs of what is in it
   */
  static Optional<String> stated(String root) {
    try {
      URLConnection connection = new URL(root + "META-INF/MANIFEST.MF").openConnection();
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        return Optional.ofNullable(
                new Manifest(in).getMainAttributes().getValue(DMRegistry.VERSION_ATTRIBUTE))
            .map(String::strip);
      }
    } catch (MalformedURLException e) {
      return Optional.empty();
    } catch (IOException e) {
      // There is no manifest, or none that can be read: nothing is stated.
      return Optional.empty();
    }
  }
}
